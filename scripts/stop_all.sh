#!/usr/bin/env bash
# Stops the Tocsin of this user. What it keeps stays.
set -euo pipefail
exec "$(dirname -- "${BASH_SOURCE[0]}")/../tocsin" down "$@"
