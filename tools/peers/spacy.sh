#!/usr/bin/env bash
# spaCy and Presidio beside this package, in an environment of its own, for the tests of an operator's own models.
#   spacy.sh start    install it and tell the tests where it is
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$root/.peers/spacy
packages=('spacy==3.8.18' 'presidio-analyzer==2.2.366')
case "${1:-start}" in
  start)
    if [ "$(cat "$home/installed" 2>/dev/null)" != "${packages[*]}" ]; then
      rm -rf "$home"
      "${PYTHON:-python3}" -m venv "$home"
      "$root/tools/retry.sh" "$home/bin/python" -m pip install -q --upgrade 'pip>=25.1'
      "$root/tools/retry.sh" "$home/bin/python" -m pip install -q "${packages[@]}" -e "$root"
      echo "${packages[*]}" >"$home/installed"
    fi
    mkdir -p "$root/.services" && touch "$root/.services/env"
    sed -i '/^STUDIO_TEST_SPACY=/d' "$root/.services/env"
    echo "STUDIO_TEST_SPACY=$home/bin/python" >>"$root/.services/env"
    echo "spacy: $home/bin/python"
    ;;
  stop) ;; # it runs only while a test runs
  *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
