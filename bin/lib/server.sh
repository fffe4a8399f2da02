#!/usr/bin/env bash
# Serves a datastore folder as a Proxmox Backup Server does, on the loopback interface, until it is
# ended by a signal: the server that the tests use. For demo and measurements, never for backups.
#
# Usage: bin/lib/server.sh DATASTORE-FOLDER SETTINGS-FILE
#   SETTINGS-FILE gets PBS_REPOSITORY, PBS_PASSWORD and PBS_FINGERPRINT once the server listens.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
setup
exec java -Xmx512m -cp "$ROOT/e2e/target/classes:$(cat "$ROOT/e2e/target/class-path")" \
  org.qmpbs.e2e.demo.DemoServer "$@"
