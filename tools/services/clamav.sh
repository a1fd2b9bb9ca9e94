#!/usr/bin/env bash
# ClamAV from Debian: a clamd of our own under /var/tmp, on a unix socket and on loopback, that knows
# the standard test string and nothing else. A second one keeps ClamAV's default limits, for the tests
# of what those let pass. Debian's own units are not started, and nothing is downloaded by freshclam.
#   clamav.sh start|stop|status
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
home=/var/tmp/dcs-services-$(printf %s "$root" | cksum | cut -d ' ' -f 1)/clamav

free_port() { "${PYTHON:-python3}" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# As root clamd runs as Debian's clamav user: the file it parses is hostile.
as_clamav() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=clamav --regid=clamav --clear-groups -- "$@"; else "$@"; fi
}

# Debian starts a service with its package unless a policy says no.
provide() {
  local policy=/usr/sbin/policy-rc.d ours=
  command -v clamd >/dev/null && return 0
  if [ ! -e "$policy" ] && [ "$(id -u)" = 0 ]; then
    ours=yes && printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
  fi
  local code=0
  "$root/tools/debian.sh" clamav-daemon || code=$?
  if [ -n "$ours" ]; then rm -f "$policy"; fi
  return "$code"
}

# The signature is the test string in hexadecimal, so that no file here carries the string itself.
signature() {
  printf 'Studio.Test.EICAR:0:*:'
  printf '%s' 58354f2150254041505b345c505a58353428505e2937434329377d24 \
    45494341522d5354414e444152442d414e544956495255532d544553542d46494c4521 24482b482a
  echo
}

# configure NAME PORT: what both daemons share, on standard output
configure() {
  cat <<CONF
DatabaseDirectory $home/signatures
TemporaryDirectory $home/temporary
LocalSocket $home/$1.sock
LocalSocketMode 666
TCPSocket $2
TCPAddr 127.0.0.1
PidFile $home/run/$1.pid
LogFile $home/run/$1.log
Foreground no
MaxThreads 4
ReadTimeout 60
SelfCheck 86400
CONF
}

create() {
  rm -rf "$home" && mkdir -p "$home/signatures" "$home/run" "$home/temporary"
  chmod 755 "$(dirname "$home")" "$home"
  signature >"$home/signatures/studio.ndb"
  {
    configure limited "$(free_port)"
    printf '%s\n' 'AlertExceedsMax yes' 'AlertEncrypted yes' 'AlertOLE2Macros yes' \
      'StreamMaxLength 256M' 'MaxFileSize 256M' 'MaxScanSize 1000M'
  } >"$home/limited.conf"
  configure default "$(free_port)" >"$home/default.conf"
  if [ "$(id -u)" = 0 ]; then chown -R clamav:clamav "$home"; fi
}

tcp() { sed -n 's/^TCPSocket //p' "$home/$1.conf"; }

# The process by its number, if that number is still a daemon of ours.
running() { [ -s "$home/run/$1.pid" ] && grep -qsz "^--config-file=$home/$1.conf$" "/proc/$(cat "$home/run/$1.pid")/cmdline"; }

# clamd's parent returns once the signatures are loaded and the sockets listen.
launch() {
  for name in limited default; do
    running "$name" || as_clamav clamd --config-file="$home/$name.conf" >"$home/run/$name.out" 2>&1 ||
      { cat "$home/run/$name.out" >&2; exit 1; }
  done
}

tell() {
  mkdir -p "$root/.services" && touch "$root/.services/env" && chmod 600 "$root/.services/env"
  sed -i '/^STUDIO_TEST_CLAMD/d' "$root/.services/env"
  {
    echo "STUDIO_TEST_CLAMD=clamd://$home/limited.sock"
    echo "STUDIO_TEST_CLAMD_TCP=clamd://127.0.0.1:$(tcp limited)"
    echo "STUDIO_TEST_CLAMD_DEFAULT=clamd://$home/default.sock"
    echo "STUDIO_TEST_CLAMD_DEFAULT_TCP=clamd://127.0.0.1:$(tcp default)"
  } >>"$root/.services/env"
}

case "${1:-start}" in
  start)
    provide
    [ -s "$home/default.conf" ] || create
    launch
    tell
    echo "clamd: 127.0.0.1:$(tcp limited)"
    ;;
  stop)
    for name in limited default; do
      if running "$name"; then
        process=$(cat "$home/run/$name.pid")
        kill "$process"
        while kill -0 "$process" 2>/dev/null; do sleep 0.1; done
      fi
    done
    ;;
  status) if running limited && running default; then echo running; else echo stopped; fi ;;
  *) echo "usage: $0 start|stop|status" >&2; exit 2 ;;
esac
