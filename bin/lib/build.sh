#!/usr/bin/env bash
# Builds qmpbs quietly, without tests, unless what is there is newer than every source. bin/test is
# what proves it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$ROOT"
setup

STAMP=.e2e/built
mkdir -p .e2e
if [ -e "$STAMP" ] && [ -e client/target/qmpbs.jar ] && [ -e e2e/target/class-path ] \
    && [ -z "$(find . -path ./.git -prune -o -path '*/target' -prune -o -path '*/src/test' -prune \
        -o \( -name '*.java' -o -name pom.xml \) -newer "$STAMP" -print -quit)" ]; then
  exit 0
fi
rm -f "$STAMP"
log=.e2e/build.log
if ! mvn -B -ntp package dependency:build-classpath -Dmdep.outputFile=target/class-path \
    -Dmaven.test.skip=true -Dspotless.check.skip=true > "$log" 2>&1; then
  grep -E '^\[ERROR\]' "$log" | head -n 20 >&2 || true
  die "the build failed; everything it said is in $ROOT/$log"
fi
touch "$STAMP"
