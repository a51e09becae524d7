#!/usr/bin/env bash
# Starts Tocsin with the ports that older clients know (ingest 8001, alerts 8002), makes the tenant `default`, sends it
# sample records and shows what came of them. Running it again is harmless: it starts what does not run.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
tocsin=$root/tocsin
export TOCSIN_COMPAT_INGEST_PORT=${TOCSIN_COMPAT_INGEST_PORT:-8001}
export TOCSIN_COMPAT_ALERTS_PORT=${TOCSIN_COMPAT_ALERTS_PORT:-8002}
ingest=http://127.0.0.1:$TOCSIN_COMPAT_INGEST_PORT
alerts=http://127.0.0.1:$TOCSIN_COMPAT_ALERTS_PORT
if [ "$(id -u)" = 0 ]; then standard=/var/lib/tocsin; else standard=$HOME/.local/share/tocsin; fi
home=${TOCSIN_HOME:-$standard}
log=${TMPDIR:-/tmp}/tocsin-up-$(id -u).log

if ! curl -sf "$ingest/health" >/dev/null; then
  nohup "$tocsin" up >"$log" 2>&1 &
  started=$!
  for _ in $(seq 120); do
    curl -sf "$ingest/health" >/dev/null && curl -sf "$alerts/health" >/dev/null && break
    if ! kill -0 "$started" 2>/dev/null; then
      echo "run_all: Tocsin did not start; its last lines ($log):" >&2
      tail -n 5 "$log" >&2
      exit 1
    fi
    sleep 1
  done
fi

"$tocsin" tenant show default >/dev/null 2>&1 || "$tocsin" tenant create default --name Default
token=$("$tocsin" token --tenant default --role tenant_admin)

# Twelve failed logins of one account within a minute: enough for one alert.
records=$(for attempt in $(seq 12); do
  printf '{"source":"vpn-gateway","log_type":"authentication","severity":"medium","message":"Failed login","fields":{"user":"mallory","src_ip":"203.0.113.7","attempt":%s,"action":"login"}},' "$attempt"
done)
curl -sf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d "[${records%,}]" "$ingest/ingest/batch" >/dev/null

for _ in $(seq 30); do
  stats=$(curl -sf -H "Authorization: Bearer $token" "$alerts/stats")
  case $stats in *'"total_alerts":0'*) sleep 1 ;; *) break ;; esac
done
echo "ingest $ingest, alerts $alerts, log $log"
echo "$stats"
case $stats in *'"total_alerts":0'*)
  echo 'run_all: the sample records made no alert within 30 s' >&2
  exit 1
  ;;
esac

# The login `app` reads the alerts of the tenant `default` and nothing else, by the unix socket, without a password.
if [ -z "${TOCSIN_DATABASE_URL:-}" ]; then
  echo 'With psql, in this shell:'
  echo "  export PGHOST=$home/postgres/socket PGPORT=$(cat "$home/postgres/port")"
  echo '  psql -U app -d cloudops -c "SELECT COUNT(*) FROM alerts"'
  if command -v psql >/dev/null; then
    PGHOST=$home/postgres/socket PGPORT=$(cat "$home/postgres/port") psql -U app -d cloudops -c 'SELECT COUNT(*) FROM alerts'
  fi
fi
