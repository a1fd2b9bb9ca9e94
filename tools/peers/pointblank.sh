#!/usr/bin/env bash
# Pointblank over Polars.
set -euo pipefail
exec "$(dirname "$0")/environment.sh" pointblank pointblank==1.1.1 polars==2.1.0
