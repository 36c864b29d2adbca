#!/usr/bin/env bash
# Runs the command that is named first with the arguments behind it: installs and builds when needed, and says so on
# stderr, because stdout is the command's. Files are looked for in the folder it is called from.
set -euo pipefail

root="$(CDPATH='' cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
command="$1"
shift
# npm goes to the root of the checkout first, and leaves word of where it was called.
caller="$PWD"
if [ "${npm_lifecycle_event:-}" = "$command" ] && [ -n "${INIT_CWD:-}" ]; then caller="$INIT_CWD"; fi

cd "$root"
. scripts/prepare.sh
install_when_needed
build_when_needed
find_node
cd "$caller"
exec "$NODE" "$root/dist/scripts/$command.js" "$@"
