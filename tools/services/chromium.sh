#!/usr/bin/env bash
# Chromium from Debian, for the tests that open the studio as people do.
#   chromium.sh start    install it and tell the tests where it is
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
case "${1:-start}" in
  start)
    "$root/tools/debian.sh" chromium fonts-dejavu-core
    path=$(command -v chromium)
    mkdir -p "$root/.services" && touch "$root/.services/env"
    sed -i '/^STUDIO_TEST_CHROMIUM=/d' "$root/.services/env"
    echo "STUDIO_TEST_CHROMIUM=$path" >>"$root/.services/env"
    echo "chromium: $path"
    ;;
  stop) ;; # it runs only while a test runs
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
