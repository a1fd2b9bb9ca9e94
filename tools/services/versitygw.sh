#!/usr/bin/env bash
# An S3 service for the tests: versitygw over a folder under /var/tmp, on loopback, with keys of its own.
# Built once with Go from the module proxy; the first start takes a minute or two.
#   versitygw.sh start|stop|status
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
version=v1.8.0
binary=$root/.tools/bin/versitygw-$version
# Not inside the checkout: the folder needs extended attributes, which not every mount of sources has.
home=/var/tmp/dcs-services-$(printf %s "$root" | cksum | cut -d ' ' -f 1)/versitygw

port() { cat "$home/port"; }
secret() { "${PYTHON:-python3}" -c 'import secrets; print(secrets.token_urlsafe(24))'; }

install_it() {
  [ -x "$binary" ] && return
  command -v go >/dev/null || { echo "versitygw: Go is needed to build it (1.25 or later)" >&2; exit 1; }
  mkdir -p "$root/.tools/bin"
  GOBIN=$root/.tools/bin "$root/tools/retry.sh" go install "github.com/versity/versitygw/cmd/versitygw@$version"
  mv "$root/.tools/bin/versitygw" "$binary"
}

# The process by its number, if that number is still this program.
running() {
  [ -s "$home/pid" ] && [ "$(readlink "/proc/$(cat "$home/pid")/exe" 2>/dev/null)" = "$binary" ]
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$(port)") 2>/dev/null; }

create() {
  mkdir -p "$home" && chmod 700 "$home" && mkdir -p "$home/data"
  "${PYTHON:-python3}" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$home/port"
  (umask 077 && printf 'ROOT_ACCESS_KEY=%s\nROOT_SECRET_KEY=%s\n' "$(secret)" "$(secret)" >"$home/keys")
}

launch() {
  (set -a && . "$home/keys" && cd "$home" && exec setsid "$binary" --quiet --port "127.0.0.1:$(port)" posix "$home/data" \
    </dev/null >"$home/server.log" 2>&1) &
  echo $! >"$home/pid"
  for _ in $(seq 100); do
    running && answers && return
    sleep 0.1
  done
  echo "versitygw: did not start; see $home/server.log" >&2
  exit 1
}

tell() {
  mkdir -p "$root/.services" && touch "$root/.services/env" && chmod 600 "$root/.services/env"
  sed -i '/^STUDIO_TEST_S3_/d' "$root/.services/env"
  (
    . "$home/keys"
    echo "STUDIO_TEST_S3_ENDPOINT=http://127.0.0.1:$(port)"
    echo "STUDIO_TEST_S3_KEY=$ROOT_ACCESS_KEY"
    echo "STUDIO_TEST_S3_SECRET=$ROOT_SECRET_KEY"
    echo "STUDIO_TEST_S3_BINARY=$binary"
  ) >>"$root/.services/env"
}

case "${1:-start}" in
  start)
    install_it
    [ -s "$home/keys" ] || create
    running || launch
    tell
    echo "s3: 127.0.0.1:$(port)"
    ;;
  stop)
    if running; then
      kill "$(cat "$home/pid")"
      for _ in $(seq 100); do running || break; sleep 0.1; done
    fi
    ;;
  status) running && echo running || echo stopped ;;
  *) echo "usage: $0 start|stop|status" >&2; exit 2 ;;
esac
