#!/usr/bin/env bash
# Run a command that needs the network; try again when it fails, three times in all.
set -u
for pause in 5 20 0; do
  "$@" && exit 0
  [ "$pause" = 0 ] || { echo "failed: $1; trying again in $pause s" >&2; sleep "$pause"; }
done
exit 1
