# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is read by those who source this file
# Who this agent is, how it asks the server and housekeeping about itself, and how it adds to a job's console. Sourced by the hooks and
# the scripts in bin.

identity=${IDENTITY_DIR:-/etc/gocd-agent}
# While this file is there the agent is leaving, and nothing may enable it again.
leaving=${LEAVING_FILE:-${VOLUME_DIR:-/godata}/leaving}
new_line='
'

say() { echo "${0##*/}: $*" >&2; }

# Sets $uuid and $token, or says what is wrong and fails. Both go into requests and files: nothing but what GoCD makes.
read_identity() {
  for file in uuid token; do
    if [ ! -f "$identity/$file" ] || [ ! -r "$identity/$file" ]; then
      say "$identity/$file is not a readable file: is this agent's entry in the pool's identity Secret? Run pulumi up"
      return 1
    fi
  done
  uuid=$(cat "$identity/uuid")
  token=$(cat "$identity/token")
  if ! is_uuid "$uuid"; then
    say "$identity/uuid holds no UUID: run pulumi up"
    return 1
  fi
  if ! is_token "$token"; then
    say "$identity/token holds no token (44 characters of base64): run pulumi up"
    return 1
  fi
}

is_uuid() {
  [ "${#1}" -eq 36 ] || return 1
  case $1 in
    *[!0-9a-f-]*) return 1 ;;
    ????????-????-????-????-????????????) return 0 ;;
    *) return 1 ;;
  esac
}

# HMAC-SHA256 in base64: 43 characters and one of padding.
is_token() {
  [ "${#1}" -eq 44 ] || return 1
  case $1 in
    *[!A-Za-z0-9+/=]* | *=?*) return 1 ;;
    *=) return 0 ;;
    *) return 1 ;;
  esac
}

# Fails for what could not be put into a request as it is. $1: a variable's name, $2: its value.
is_address() {
  case $2 in
    *[!A-Za-z0-9:/.%_~\[\]-]*) ;;
    http://?* | https://?*) return 0 ;;
  esac
  say "$1 is no http address: $2"
  return 1
}

# send ARGUMENT…: what curl answers to the configuration that it reads, and the status in a line of its own. Address and secret go to
# curl through a pipe, never onto a command line, where every process of this container could read them.
send() {
  curl --disable --silent --noproxy '*' --max-time 10 --config - --write-out '\n%{http_code}' "$@" 2>/dev/null ||
    printf '\n000'
}

# request METHOD ADDRESS [SECRET]: sets $status ("000" without an answer) and $body.
request() {
  reply=$({
    printf 'url = "%s"\n' "$2"
    [ -z "${3-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$3"
  } | send --request "$1")
  status=${reply##*"$new_line"}
  body=${reply%"$new_line"*}
}

# Asks the server whether it knows this agent; see `request`. 409: known, or waiting for approval. 200 and a token: unknown.
ask_server() {
  request GET "${GO_SERVER_URL%/}/admin/agent/token?uuid=$uuid"
}

# say_in_console JOB LINE: puts a line into the console of a job that runs, by the request with which the agent puts there what tasks
# print. JOB is what the agent's log names: pipeline/counter/stage/counter/job/id. What fails is not tried again: a job must not wait.
say_in_console() {
  config=${VOLUME_DIR:-/godata}/config
  address=${GO_SERVER_URL-}
  own=$(cat "$config/guid.txt") && own_token=$(cat "$config/token") || return 0
  console="${address%/}/remoting/files/${1%/*}/cruise-output/console.log"
  { is_uuid "$own" && is_token "$own_token" && is_address "the console of $1" "$console/${1##*/}"; } || return 0
  reply=$(printf 'url = "%s?attempt=1&buildId=%s"\nheader = "X-Agent-GUID: %s"\nheader = "Authorization: %s"\ndata = "##|%s.000 %s\\n"\n' \
    "$console" "${1##*/}" "$own" "$own_token" "$(date +%H:%M:%S)" "$2" |
    send --request PUT --header "Content-Type: text/plain; charset=UTF-8")
  [ "${reply##*"$new_line"}" = 200 ] || say "the server takes no line for the console of $1 (HTTP status ${reply##*"$new_line"})"
}
