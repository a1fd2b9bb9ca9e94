#!/usr/bin/env bash
# Temporal's development server for the tests: one process over a SQLite file under /var/tmp, on loopback.
# Built once with Go from the module proxy; the first start takes several minutes.
#   temporal.sh start|stop|status
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
# The last release that Go installs by its name: later ones replace a module by a folder of their own.
version=v1.5.1
binary=$root/.tools/bin/temporal-$version
home=/var/tmp/dcs-services-$(printf %s "$root" | cksum | cut -d ' ' -f 1)/temporal
# What approvals are found by. STATUS is a word of the query language: a query writes it in backquotes.
attributes=(TenantId DatasetId RequesterId Status)

port() { cat "$home/port"; }

install_it() {
  [ -x "$binary" ] && return
  command -v go >/dev/null || { echo "temporal: Go is needed to build it (1.25 or later)" >&2; exit 1; }
  mkdir -p "$root/.tools/bin"
  GOBIN=$root/.tools/bin "$root/tools/retry.sh" go install "github.com/temporalio/cli/cmd/temporal@$version"
  mv "$root/.tools/bin/temporal" "$binary"
}

# The process by its number, if that number is still this program.
running() {
  [ -s "$home/pid" ] && [ "$(readlink "/proc/$(cat "$home/pid")/exe" 2>/dev/null)" = "$binary" ]
}

answers() {
  "$binary" operator cluster health --address "127.0.0.1:$(port)" --command-timeout 2s >/dev/null 2>&1
}

create() {
  mkdir -p "$home" && chmod 700 "$home"
  "${PYTHON:-python3}" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$home/port"
}

launch() {
  local options=()
  for attribute in "${attributes[@]}"; do options+=(--search-attribute "$attribute=Keyword"); done
  (cd "$home" && exec setsid "$binary" server start-dev --headless --ip 127.0.0.1 --port "$(port)" \
    --db-filename "$home/temporal.sqlite" --sqlite-pragma journal_mode=wal \
    --namespace default --log-level warn "${options[@]}" </dev/null >"$home/server.log" 2>&1) &
  echo $! >"$home/pid"
  for _ in $(seq 300); do
    running && answers && return
    kill -0 "$(cat "$home/pid")" 2>/dev/null || break
    sleep 0.2
  done
  echo "temporal: did not start; see $home/server.log" >&2
  exit 1
}

tell() {
  mkdir -p "$root/.services" && touch "$root/.services/env" && chmod 600 "$root/.services/env"
  sed -i '/^STUDIO_TEST_TEMPORAL/d' "$root/.services/env"
  {
    echo "STUDIO_TEST_TEMPORAL=127.0.0.1:$(port)"
    echo "STUDIO_TEST_TEMPORAL_BINARY=$binary"
  } >>"$root/.services/env"
}

case "${1:-start}" in
  start)
    install_it
    [ -s "$home/port" ] || create
    running || launch
    tell
    echo "temporal: 127.0.0.1:$(port)"
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
