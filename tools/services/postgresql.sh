#!/usr/bin/env bash
# PostgreSQL from Debian: a cluster of our own under /var/tmp, on loopback, with two roles.
# dcs_owner owns the databases and tables; dcs_app is what the product runs as and owns nothing.
#   postgresql.sh start|stop|status
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
# Not inside the checkout: as root the server runs as the postgres user, who may not enter there.
home=/var/tmp/dcs-services-$(printf %s "$root" | cksum | cut -d ' ' -f 1)/postgresql
port() { cat "$home/port"; }

binaries() { ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

# initdb and the server refuse to run as root, so as root they run as Debian's postgres user.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi
}

# The process by its number, if that number is still a server: one killed with its machine leaves its file behind.
running() {
  local process
  process=$(head -n 1 "$home/data/postmaster.pid" 2>/dev/null) &&
    [ "$(readlink "/proc/$process/exe" 2>/dev/null)" = "$(binaries)/postgres" ]
}

secret() { "${PYTHON:-python3}" -c 'import secrets; print(secrets.token_urlsafe(24))'; }

create() {
  rm -rf "$home" && mkdir -p "$home" && chmod 755 "$(dirname "$home")" "$home"
  install -d -m 700 "$home/data" "$home/socket"
  "${PYTHON:-python3}" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$home/port"
  (umask 077 && secret >"$home/admin" && printf 'owner=%s\napp=%s\n' "$(secret)" "$(secret)" >"$home/making")
  if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$home/data" "$home/socket" "$home/admin"; fi
  as_postgres "$(binaries)/initdb" -D "$home/data" -U admin --pwfile="$home/admin" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  launch
  (
    . "$home/making"
    PGPASSWORD=$(cat "$home/admin") "$(binaries)/psql" -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(port)" -U admin -d postgres <<SQL
CREATE ROLE dcs_owner LOGIN CREATEDB PASSWORD '$owner';
CREATE ROLE dcs_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '$app';
SQL
  )
  mv "$home/making" "$home/roles" # last: a cluster without this file was not finished
}

# At every start: the cluster outlives a checkout, and a new one at the same place has to be told too.
tell() {
  mkdir -p "$root/.services" && touch "$root/.services/env" && chmod 600 "$root/.services/env"
  sed -i '/^STUDIO_TEST_POSTGRES_/d' "$root/.services/env"
  (
    . "$home/roles"
    echo "STUDIO_TEST_POSTGRES_OWNER=postgresql://dcs_owner:$owner@127.0.0.1:$(port)/postgres"
    echo "STUDIO_TEST_POSTGRES_APP=postgresql://dcs_app:$app@127.0.0.1:$(port)/postgres"
  ) >>"$root/.services/env"
}

# Without autovacuum: its workers belong to the superuser, so a database they visit could not be dropped.
launch() {
  rm -f "$home/data/postmaster.pid"
  as_postgres "$(binaries)/pg_ctl" -D "$home/data" -w -t 60 -l "$home/data/server.log" \
    -o "-c listen_addresses=127.0.0.1 -c port=$(port) -c unix_socket_directories=$home/socket -c max_connections=200 -c autovacuum=off" \
    start >/dev/null
}

halt() { as_postgres "$(binaries)/pg_ctl" -D "$home/data" -m fast -w stop >/dev/null; }

case "${1:-start}" in
  start)
    "$root/tools/debian.sh" postgresql
    if [ ! -s "$home/roles" ]; then
      if running; then halt; fi
      create
    fi
    running || launch
    tell
    echo "postgresql: 127.0.0.1:$(port)"
    ;;
  stop) if running; then halt; fi ;;
  status) running && echo running || echo stopped ;;
  *) echo "usage: $0 start|stop|status" >&2; exit 2 ;;
esac
