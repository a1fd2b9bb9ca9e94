#!/usr/bin/env bash
# Install Debian packages that are missing: tools/debian.sh PACKAGE…
set -euo pipefail
missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} = 0 ] && exit 0
[ "$(id -u)" = 0 ] || { echo "root is needed to install: ${missing[*]}" >&2; exit 1; }
here=$(dirname "$0")
export DEBIAN_FRONTEND=noninteractive
"$here/retry.sh" apt-get update -qq
"$here/retry.sh" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
