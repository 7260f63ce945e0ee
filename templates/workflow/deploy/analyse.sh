#!/bin/sh
# Says whether a new version does well, by asking the environment: exit code 0 lets the release go on, any other takes
# it back. Called by `msa ci deploy` after each step with the variables that the deploy hook gets, and
#   MSA_URL      where the environment answers, `url` in msa.yaml
#   MSA_ROUTES   the public paths of the service, separated by blanks; `/` is asked where it has none
# What else it reads:
#   ANALYSE_REQUESTS     how many requests it sends; 50 when left out
#   ANALYSE_MAX_FAILED   percent of them that may fail; 1 when left out
#   ANALYSE_TOKEN        a bearer token, where the routes want one
# Failed is an answer of 500 and above, and no answer within ten seconds. Whatever an answer below 500 says, it is one.
# The share of requests that reaches the new version is its weight: send enough of them for a small one.
set -eu
umask 077

fail() {
  printf 'analyse.sh: %s\n' "$1" >&2
  exit 1
}

number() {
  case $2 in
    '' | *[!0-9]* | ???????*) fail "$1 is no whole number" ;;
    *) ;;
  esac
}

url=${MSA_URL-}
case $url in
  http://* | https://*) ;;
  '') fail "the environment has no \`url\` in msa.yaml, so there is nothing to ask" ;;
  *) fail 'MSA_URL is no address of a web server' ;;
esac
requests=${ANALYSE_REQUESTS:-50}
number ANALYSE_REQUESTS "$requests"
[ "$requests" -gt 0 ] || fail 'ANALYSE_REQUESTS is 0'
allowed=${ANALYSE_MAX_FAILED:-1}
number ANALYSE_MAX_FAILED "$allowed"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# From a file, because everybody on this machine can read the arguments of a program.
: >"$work/headers"
[ -z "${ANALYSE_TOKEN-}" ] || printf 'Authorization: Bearer %s\n' "$ANALYSE_TOKEN" >"$work/headers"

# Paths are words; a star in one is no pattern.
set -f
# shellcheck disable=SC2086 # one word for each path
set -- ${MSA_ROUTES:-/}

sent=0
failed=0
while [ "$sent" -lt "$requests" ]; do
  path=$1
  shift
  set -- "$@" "$path"
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 --globoff \
    --header "@$work/headers" --header 'User-Agent: msa-analyse' -- "${url%/}$path") || status=000
  sent=$((sent + 1))
  case $status in
    [1234]??) ;;
    *)
      failed=$((failed + 1))
      [ "$failed" -gt 5 ] || printf 'GET %s: %s\n' "$path" "$status"
      ;;
  esac
done

printf '%s of %s requests to %s failed (%s)\n' "$failed" "$sent" "${MSA_SERVICE-}" "$*"
if [ $((failed * 100)) -gt $((allowed * sent)) ]; then
  fail "more than $allowed % failed"
fi
