#!/bin/sh
# The order of gocd/gocd-server's entry point: folders on the volume, their links in the working directory, the hooks in the
# order of their names, the server. A hook that fails ends the start.
set -eu
volume=${VOLUME_DIR:-/godata}
for each in artifacts config db logs plugins addons; do
  mkdir -p "$volume/$each"
  ln -sfn "$volume/$each" "/go-working-dir/$each"
done
for hook in /docker-entrypoint.d/*; do
  [ ! -x "$hook" ] || "$hook"
done
exec node /opt/stand-in/tests/cluster/gocd/stand-ins/server/server.js
