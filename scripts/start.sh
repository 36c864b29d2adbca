#!/usr/bin/env bash
# Starts the mesh: installs and builds when needed, then runs `start.ts`. `--help` lists the options.
set -euo pipefail
CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/prepare.sh

install_when_needed
build_when_needed
find_node
exec "$NODE" dist/scripts/start.js "$@"
