#!/bin/sh
# Anything but dockerd runs as it is; a docker subcommand gets its program in front.
set -eu
if [ "${1#-}" != "${1}" ] || { docker help "$1" >/dev/null 2>&1 && ! command -v "$1" >/dev/null; }; then set -- docker "$@"; fi
exec "$@"
