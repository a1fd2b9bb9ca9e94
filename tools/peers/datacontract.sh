#!/usr/bin/env bash
# datacontract-cli in an environment of its own: it needs another DuckDB than we do. The tests hold our verdicts on
# data contracts against its own.
#   datacontract.sh start    install it and tell the tests where it is
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
version=1.2.8
home=$root/.peers/datacontract
case "${1:-start}" in
  start)
    if [ "$(cat "$home/version" 2>/dev/null)" != "$version" ]; then
      rm -rf "$home"
      "${PYTHON:-python3}" -m venv "$home"
      "$root/tools/retry.sh" "$home/bin/python" -m pip install -q "datacontract-cli[duckdb]==$version"
      echo "$version" >"$home/version"
    fi
    mkdir -p "$root/.services" && touch "$root/.services/env"
    sed -i '/^STUDIO_TEST_DATACONTRACT=/d' "$root/.services/env"
    echo "STUDIO_TEST_DATACONTRACT=$home/bin/python" >>"$root/.services/env"
    echo "datacontract: $home/bin/python"
    ;;
  stop) ;; # it runs only while a test runs
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
