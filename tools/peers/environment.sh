#!/usr/bin/env bash
# Make the environment of a peer in .peers/NAME, apart from ours: tools/peers/environment.sh NAME PACKAGE==VERSION…
# A second run with the same packages finds it done; other versions make it anew.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=$1
shift
home=.peers/$name
[ "$(cat "$home/installed" 2>/dev/null)" != "$*" ] || exit 0
echo "peers: installing $name ($*)" >&2
"${PYTHON:-python3}" -m venv --clear "$home"
tools/retry.sh "$home/bin/python" -m pip install -q --disable-pip-version-check "$@"
echo "$*" >"$home/installed"
