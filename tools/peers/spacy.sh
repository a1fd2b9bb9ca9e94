#!/usr/bin/env bash
# spaCy and Presidio beside this package, in an environment of its own (.peers/spacy), for the tests of name detectors.
#   spacy.sh    make it, if it is not there; its place is printed
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$root/.peers/spacy
packages=('spacy>=3.8,<3.9' 'presidio-analyzer>=2.2.360,<2.3')

if [ ! -e "$home/installed" ]; then
  "${PYTHON:-python3}" -m venv "$home"
  "$root/tools/retry.sh" "$home/bin/python" -m pip install -q --upgrade 'pip>=25.1'
  "$root/tools/retry.sh" "$home/bin/python" -m pip install -q "${packages[@]}" -e "$root"
  touch "$home/installed"
fi
echo "$home"
