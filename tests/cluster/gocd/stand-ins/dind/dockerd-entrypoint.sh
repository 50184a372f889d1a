#!/bin/sh
# The documented behaviour of docker:dind's entry point. Without arguments, or with options alone, dockerd listens on its
# socket and, with TLS, on 0.0.0.0:2376, with certificates of its own making where none are given. With `dockerd` as first
# argument nothing is added. Either way stale pid files go, and `dind` and `docker-init` come first.
set -eu

self_signed() { # folder of all certificates: an authority, a server and a client, RSA 4096, 825 days
  mkdir -p "$1/ca" "$1/server" "$1/client"
  openssl req -x509 -newkey rsa:4096 -nodes -days 825 -subj '/CN=docker:dind CA' -keyout "$1/ca/key.pem" -out "$1/ca/cert.pem"
  for side in server client; do
    openssl req -new -newkey rsa:4096 -nodes -subj "/CN=docker:dind $side" -keyout "$1/$side/key.pem" -out "$1/$side/csr.pem"
    printf 'extendedKeyUsage=%sAuth\nsubjectAltName=DNS:localhost,DNS:docker,IP:127.0.0.1\n' "$side" >"$1/$side/extensions"
    openssl x509 -req -days 825 -in "$1/$side/csr.pem" -CA "$1/ca/cert.pem" -CAkey "$1/ca/key.pem" -CAcreateserial -extfile "$1/$side/extensions" -out "$1/$side/cert.pem"
    cp "$1/ca/cert.pem" "$1/$side/ca.pem"
  done
} >/dev/null 2>&1

if [ $# -eq 0 ] || [ "${1#-}" != "$1" ]; then
  if [ -n "${DOCKER_TLS_CERTDIR:-}" ]; then
    server=$DOCKER_TLS_CERTDIR/server
    if [ -s "$server/ca.pem" ] && [ ! -s "$DOCKER_TLS_CERTDIR/ca/key.pem" ]; then
      openssl verify -CAfile "$server/ca.pem" "$server/cert.pem"
    else
      self_signed "$DOCKER_TLS_CERTDIR"
    fi
    set -- --host=tcp://0.0.0.0:2376 --tlsverify --tlscacert "$server/ca.pem" --tlscert "$server/cert.pem" --tlskey "$server/key.pem" "$@"
  else
    set -- --host=tcp://0.0.0.0:2375 "$@"
  fi
  set -- dockerd --host=unix:///var/run/docker.sock "$@"
fi

if [ "$1" = dockerd ]; then
  find /run /var/run -name 'docker*.pid' -delete 2>/dev/null || true
  set -- dind docker-init -- "$@"
else
  set -- docker-entrypoint.sh "$@"
fi
exec "$@"
