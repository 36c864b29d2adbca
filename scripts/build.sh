#!/bin/sh
# What `npm run build` does: compiles everything into dist/, and takes out of it what has lost its source.
# Plain sh, because small images have no Bash.
set -eu
CDPATH='' cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

# Made before the compiler reads, so that a source that is saved meanwhile counts as newer than the build; it
# gets its name after, so that a failed build leaves no stamp. start.sh compares the sources with it. Each of
# two builds at once has its own.
mkdir -p dist
stamp="dist/.build-stamp.$$"
trap 'rm -f "$stamp"' EXIT
touch "$stamp"
tsc
node dist/scripts/prune-build.js
mv "$stamp" dist/.build-stamp
