#!/usr/bin/env bash
# Stops Tocsin and deletes everything it keeps: events, alerts, cases, tenants, keys. Asks first, or takes --yes.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
if [ "$(id -u)" = 0 ]; then standard=/var/lib/tocsin; else standard=$HOME/.local/share/tocsin; fi
home=${TOCSIN_HOME:-$standard}
[ -d "$home" ] || { echo "There is no $home: nothing to delete."; exit 0; }
# Only a folder that Tocsin made is deleted.
if [ ! -d "$home/keys" ] || [ ! -d "$home/data" ]; then
  echo "reset_all: $home is no folder of Tocsin; nothing was deleted" >&2
  exit 1
fi
if [ "${1:-}" != --yes ]; then
  read -r -p "Delete everything in $home? Type yes: " answer
  [ "$answer" = yes ] || { echo 'Nothing was deleted.'; exit 1; }
fi
"$root/tocsin" down --home "$home" >/dev/null 2>&1 || true
rm -rf -- "$home"
echo "Deleted $home."
