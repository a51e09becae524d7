#!/usr/bin/env bash
# Makes tenant acme-corp in the Tocsin that runs on this machine, if it is not there, and sends it the demo's sample.
set -euo pipefail
tocsin=$(dirname -- "${BASH_SOURCE[0]}")/../../tocsin
"$tocsin" tenant show acme-corp "$@" >/dev/null 2>&1 ||
  "$tocsin" tenant create acme-corp --name 'ACME Corporation' --retention-days 90 --residency us-east "$@"
"$tocsin" demo --print-events | "$tocsin" ingest - --wrapped --tenant acme-corp "$@"
