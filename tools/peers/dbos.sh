#!/usr/bin/env bash
# DBOS Transact, on SQLite and on PostgreSQL.
set -euo pipefail
exec "$(dirname "$0")/environment.sh" dbos dbos==3.4.0
