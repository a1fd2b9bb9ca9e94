#!/usr/bin/env bash
# Pandera, over pandas and over Polars.
set -euo pipefail
exec "$(dirname "$0")/environment.sh" pandera 'pandera[pandas,polars]==0.35.0' polars==2.1.0 pandas==3.1.1
