#!/bin/sh
# Deploys one service to a host with Docker Compose, over SSH. Called by `msa ci deploy`, once for each step:
# MSA_ACTION (deploy or rollback), MSA_SERVICE, MSA_IMAGE, MSA_DIGEST and MSA_WEIGHT say what is wanted.
#
# What it needs, from the environment:
#   DEPLOY_HOST          user@host or user@host:port
#   DEPLOY_KNOWN_HOSTS   the host's public keys as ssh-keyscan prints them, or a file with them; checked always
#   DEPLOY_SSH_KEY       the private key, or DEPLOY_SSH_KEY_FILE, a file with it; without both, the agent's keys
#   DEPLOY_DIR           the folder with the Compose file on the host; `deploy` in that user's home when left out
#   DEPLOY_TIMEOUT       seconds in which instances have to become healthy; 120 when left out
# The host needs Docker Compose 2.20 or later and, for a private registry, a `docker login` of that user.
#
# What it does there: which image runs is kept in .msa-deploy/<service>.current and .former, and told to Compose in
# .msa-deploy/images.yaml. To work with Compose by hand, put into the .env beside the Compose file:
#   COMPOSE_FILE=compose.yaml:.msa-deploy/images.yaml
#
# Shares of requests: Compose has none, so they are numbers of instances. New ones are started beside the old ones under
# the same name on the network (whatever finds instances by DNS gives each the same share), and no old one goes before
# 100. A weight of 10 with two old instances makes three, of which one is new: a third, and the script says so. With 0
# the new instance has no name on the network: it has to become healthy, and nobody asks it. Whatever the strategy, one
# new instance is healthy before an old one is replaced, and serves while they are.
# A service that publishes a port of the host keeps it at its old instances until 100.
set -eu
umask 077

fail() {
  printf 'compose.sh: %s\n' "$1" >&2
  exit 1
}

# A value that may be empty or has other characters than those is refused before it goes anywhere.
must_match() {
  case $2 in
    '' | -*) fail "$1 is missing, or begins with a dash" ;;
    *) ;;
  esac
  others=$(printf '%s' "$2" | LC_ALL=C tr -d "$3" | wc -c)
  [ "$others" -eq 0 ] || fail "$1 has characters that it cannot have"
}

must_match MSA_ACTION "${MSA_ACTION-}" 'a-z'
must_match MSA_SERVICE "${MSA_SERVICE-}" 'a-z0-9-'
must_match MSA_IMAGE "${MSA_IMAGE-}" 'a-zA-Z0-9./:@_-'
must_match MSA_WEIGHT "${MSA_WEIGHT-}" '0-9'
[ "${#MSA_WEIGHT}" -le 3 ] || fail 'MSA_WEIGHT is above 100'
[ "${MSA_IMAGE#*@}" = "${MSA_DIGEST-}" ] || fail 'MSA_IMAGE does not end with MSA_DIGEST'
must_match DEPLOY_HOST "${DEPLOY_HOST-}" 'a-zA-Z0-9.@:_-'
dir=${DEPLOY_DIR:-deploy}
must_match DEPLOY_DIR "$dir" 'a-zA-Z0-9./_-'
timeout=${DEPLOY_TIMEOUT:-120}
must_match DEPLOY_TIMEOUT "$timeout" '0-9'
[ "${#timeout}" -le 5 ] || fail 'DEPLOY_TIMEOUT is more than a day'
[ -n "${DEPLOY_KNOWN_HOSTS-}" ] || fail 'DEPLOY_KNOWN_HOSTS is missing: ssh-keyscan <host>, and compare the keys'

login=${DEPLOY_HOST%:*}
port=22
[ "$login" = "$DEPLOY_HOST" ] || port=${DEPLOY_HOST##*:}
must_match 'the port of DEPLOY_HOST' "$port" '0-9'
must_match 'the login of DEPLOY_HOST' "$login" 'a-zA-Z0-9.@_-'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -f "$DEPLOY_KNOWN_HOSTS" ]; then
  cat -- "$DEPLOY_KNOWN_HOSTS" >"$work/known_hosts"
else
  printf '%s\n' "$DEPLOY_KNOWN_HOSTS" >"$work/known_hosts"
fi

# No settings of this machine: what is known of the host is what was given, and nothing is ever asked.
set -- -F /dev/null -T -p "$port" \
  -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
  -o "UserKnownHostsFile=$work/known_hosts" -o GlobalKnownHostsFile=/dev/null \
  -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 \
  -o ForwardAgent=no -o ClearAllForwardings=yes -o LogLevel=ERROR

# A copy, because ssh refuses a key that others may read, as files of pipelines often are.
if [ -n "${DEPLOY_SSH_KEY-}" ]; then
  printf '%s\n' "$DEPLOY_SSH_KEY" | tr -d '\r' >"$work/key"
elif [ -n "${DEPLOY_SSH_KEY_FILE-}" ]; then
  tr -d '\r' <"$DEPLOY_SSH_KEY_FILE" >"$work/key"
fi
[ ! -f "$work/key" ] || set -- "$@" -i "$work/key" -o IdentitiesOnly=yes

# The script goes in by stdin. Its arguments have passed the checks above, and are checked again over there.
arguments="'$MSA_ACTION' '$MSA_SERVICE' '$MSA_IMAGE' '$MSA_WEIGHT' '$dir' '$timeout'"
ssh "$@" -- "$login" "sh -s -- $arguments" <<'REMOTE'
set -eu
umask 077

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

say() {
  printf '%s\n' "$1"
}

must_match() {
  case $2 in
    '' | -*) fail "$1 is missing, or begins with a dash" ;;
    *) ;;
  esac
  others=$(printf '%s' "$2" | LC_ALL=C tr -d "$3" | wc -c)
  [ "$others" -eq 0 ] || fail "$1 has characters that it cannot have"
}

# compose <file with images> <command…>
compose() {
  images=$1
  shift
  set -- -f "$images" "$@"
  [ -z "$own" ] || set -- -f "$own" "$@"
  docker compose -f "$base" "$@" </dev/null
}

# The first of these files that is there.
first_of() {
  for candidate in "$@"; do
    if [ -f "$candidate" ]; then
      printf '%s' "$candidate"
      return
    fi
  done
}

# What is kept of this service: current or former.
recorded() {
  if [ -f "$state/$service.$1" ]; then
    read -r value <"$state/$service.$1" || fail "$state/$service.$1 is empty"
    must_match "$state/$service.$1" "$value" 'a-zA-Z0-9./:@_-'
    printf '%s' "$value"
  fi
}

record() {
  printf '%s\n' "$2" >"$state/$service.$1.new"
  mv -f "$state/$service.$1.new" "$state/$service.$1"
}

image_of() {
  docker inspect --format '{{.Config.Image}}' "$1"
}

# One override file with the image of every service that was ever deployed.
write_images() {
  {
    printf 'services:\n'
    for file in "$state"/*.current; do
      [ -f "$file" ] || continue
      name=${file##*/}
      read -r value <"$file" || continue
      printf '  "%s":\n    image: "%s"\n' "${name%.current}" "$value"
    done
  } >"$state/images.yaml.new"
  mv -f "$state/images.yaml.new" "$state/images.yaml"
  # Nothing but its head is no mapping that Compose takes.
  grep -q image: "$state/images.yaml" || printf 'services: {}\n' >"$state/images.yaml"
}

# The instances that run beside the old ones. Any more words are filters.
next_ones() {
  set -- --filter "label=msa.deploy.next=$project/$service" "$@"
  docker ps --all --quiet "$@"
}

drop() {
  for id in "$@"; do
    docker stop "$id" >/dev/null
    docker rm --force --volumes "$id" >/dev/null
  done
}

# Those of another image are left from a release that was never ended.
drop_strangers() {
  ids=$(next_ones)
  for each in $ids; do
    image=$(image_of "$each")
    [ "$image" = "$wanted" ] || drop "$each"
  done
}

await_healthy() {
  deadline=$(($(date +%s) + timeout))
  while :; do
    status=$(docker inspect --format '{{.State.Status}}/{{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1")
    case $status in
      running/ | running/healthy) return ;;
      running/starting | created/*) ;;
      *) break ;;
    esac
    now=$(date +%s)
    [ "$now" -lt "$deadline" ] || break
    sleep 1
  done
  docker logs --tail 20 "$1" >&2
  fail "$service: the new version is $status after $timeout seconds; above is the end of its log"
}

# start_next <number of it> <yes or no: does it get requests>
start_next() {
  printf 'services:\n  "%s":\n    image: "%s"\n' "$service" "$wanted" >"$state/next.yaml"
  set -- "$1" "$2" --detach --no-deps --name "$project-$service-next-$1" \
    --label "msa.deploy.next=$project/$service" --label "msa.deploy.traffic=$2"
  [ "$2" = no ] || set -- "$@" --use-aliases
  shift 2
  id=$(compose "$state/next.yaml" run "$@" "$service")
  await_healthy "$id"
}

count() {
  printf '%s' "$#"
}

# So many new ones that get requests; one without becomes none of them.
have_next() {
  ids=$(next_ones --filter label=msa.deploy.traffic=yes)
  # shellcheck disable=SC2086 # ids are words
  there=$(count $ids)
  number=$there
  while [ "$number" -lt "$1" ]; do
    number=$((number + 1))
    start_next "$number" yes
  done
  ids=$(next_ones --filter label=msa.deploy.traffic=no)
  # shellcheck disable=SC2086 # ids are words
  drop $ids
}

pull() {
  docker pull --quiet "$wanted" >/dev/null
}

# How many of the regular instances run something else than what is wanted.
count_others() {
  others=0
  for each in $regular; do
    image=$(image_of "$each")
    [ "$image" = "$wanted" ] || others=$((others + 1))
  done
  printf '%s' "$others"
}

# Before anything goes, one of what is wanted is healthy, and serves meanwhile.
bridge() {
  others=$(count_others)
  [ "$others" -eq 0 ] || have_next 1
}

replace() {
  write_images
  compose "$state/images.yaml" up --detach --wait --wait-timeout "$timeout" --no-deps --no-build "$service"
  ids=$(next_ones)
  # shellcheck disable=SC2086 # ids are words
  drop $ids
}

deploy_share() {
  drop_strangers
  others=$(count_others)
  if [ "$others" -eq 0 ]; then
    # As after a first release, which had nothing to share with.
    say 'this version alone runs already'
    return
  fi
  pull
  if [ "$weight" -eq 0 ]; then
    ids=$(next_ones)
    # shellcheck disable=SC2086 # ids are words
    there=$(count $ids)
    [ "$there" -gt 0 ] || start_next 0 no
    say 'the new version is healthy, and gets no requests yet'
    return
  fi
  # As many that their share comes nearest to what is asked; none would be no step at all.
  new=$(((old * weight + (100 - weight) / 2) / (100 - weight)))
  [ "$new" -gt 0 ] || new=1
  have_next "$new"
  say "$new of $((old + new)) instances are new, about $((100 * new / (old + new))) % of the requests; $weight % were asked for"
}

deploy_all() {
  drop_strangers
  pull
  former=$(recorded current)
  if [ -z "$former" ]; then
    former=none
    for each in $regular; do
      former=$(image_of "$each")
    done
  fi
  bridge
  record former "$former"
  record current "$wanted"
  replace
  say "runs $wanted"
}

roll_back() {
  ids=$(next_ones)
  # shellcheck disable=SC2086 # ids are words
  drop $ids
  current=$(recorded current)
  if [ "$current" != "$wanted" ]; then
    say 'this version was not deployed any further; the former one runs as before'
    return
  fi
  former=$(recorded former)
  case $former in
    '') fail "$service: which version ran before is not known" ;;
    none)
      compose "$state/images.yaml" rm --stop --force "$service"
      rm -f "$state/$service.current" "$state/$service.former"
      write_images
      say 'nothing ran before, and nothing runs now'
      ;;
    *)
      wanted=$former
      bridge
      record current "$former"
      # What ran before that is not known any more.
      rm -f "$state/$service.former"
      replace
      say "runs $former again"
      ;;
  esac
}

# Whoever comes later waits, also for a script whose connection broke.
lock() {
  exec 9>"$state/lock"
  if command -v flock >/dev/null; then
    flock -w "$timeout" 9 || fail "$service: another deployment is under way on this host"
  fi
}

main() {
  action=$1
  service=$2
  wanted=$3
  weight=$4
  dir=$5
  timeout=$6
  must_match 'the service' "$service" 'a-z0-9-'
  must_match 'the image' "$wanted" 'a-zA-Z0-9./:@_-'
  must_match 'the weight' "$weight" '0-9'
  must_match 'the folder' "$dir" 'a-zA-Z0-9./_-'
  must_match 'the timeout' "$timeout" '0-9'
  case $wanted in
    *@sha256:*) ;;
    *) fail 'the image has no digest' ;;
  esac
  [ "${#weight}" -le 3 ] && [ "$weight" -le 100 ] || fail 'the weight is above 100'
  cd "$dir" || fail "there is no folder $dir on this host"
  base=$(first_of compose.yaml compose.yml docker-compose.yaml docker-compose.yml)
  [ -n "$base" ] || fail "there is no Compose file in $dir on this host"
  own=$(first_of compose.override.yaml compose.override.yml docker-compose.override.yaml docker-compose.override.yml)
  state=.msa-deploy
  mkdir -p "$state"
  lock
  write_images
  compose "$state/images.yaml" config >"$state/config.yaml"
  project=$(sed -n 's/^name: *//p' "$state/config.yaml")
  rm -f "$state/config.yaml"
  must_match 'the name of the Compose project' "$project" 'a-z0-9_-'
  regular=$(compose "$state/images.yaml" ps --quiet "$service")
  # shellcheck disable=SC2086 # ids are words
  old=$(count $regular)
  case $action in
    deploy)
      # Beside nothing there are no shares: what runs for the first time gets everything.
      if [ "$weight" -lt 100 ] && [ "$old" -gt 0 ]; then deploy_share; else deploy_all; fi
      ;;
    rollback) roll_back ;;
    *) fail "there is no action $action" ;;
  esac
}

main "$@"
REMOTE
