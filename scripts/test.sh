#!/usr/bin/env bash
# Installs when needed, builds, and runs every test. Ends with the exit code of the tests.
set -euo pipefail
CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/prepare.sh

install_when_needed
build
exec npm test -- "$@"
