# shellcheck shell=bash
# The peers of .ci/run: a FHIR server, PostgreSQL, the HL7 validator. Each starts in the background while the crate
# compiles, is waited for where it is needed, and is stopped at the end. Its words are in $logs.
# shellcheck disable=SC2154 # logs is set by .ci/run

groups=() # process groups to end
postgres_home=

# background NAME COMMAND…: a process group of its own, output in $logs/NAME.out and .err.
background() {
  local name=$1
  shift
  setsid "$@" >"$logs/$name.out" 2>"$logs/$name.err" &
  started=$!
  groups+=("$started")
}

# fail_with NAME: shows what a peer said and ends the step.
fail_with() {
  echo "$1 did not start; the end of its log:"
  tail -n 20 "$logs/$1.err" "$logs/$1.out"
  return 1
}

# await NAME PID SECONDS PATTERN: until the output of a peer holds a line; fails when the peer ends or time is up.
await() {
  local until=$((SECONDS + $3))
  while ! grep -q "$4" "$logs/$1.out"; do
    if ! kill -0 "$2" 2>/dev/null && ! grep -q "$4" "$logs/$1.out" || ((SECONDS > until)); then
      fail_with "$1"
      return
    fi
    sleep 0.2
  done
}

# What reads our PDFs back.
pdf_reader() {
  command -v pdftotext || install_package poppler-utils
}

# install_package NAME: PostgreSQL may be coming by the same way just now.
install_package() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$1"
}

start_fhir_server() {
  background fhir env HAPI_EXPORT=true "$OWNWORDS_SHARED/interop/hapi/run" --port 0
  fhir_pid=$started
}

await_fhir_server() {
  await fhir "$fhir_pid" 300 '^ready '
  OWNWORDS_TEST_FHIR_URL=$(sed -n 's/^ready //p' "$logs/fhir.out")
  export OWNWORDS_TEST_FHIR_URL
  echo "$OWNWORDS_TEST_FHIR_URL"
}

start_postgres() {
  postgres_home=$(mktemp -d "${TMPDIR:-/tmp}/ownwords-postgres.XXXXXX")
  background postgres .ci/postgres "$postgres_home"
  postgres_pid=$started
}

await_postgres() {
  await postgres "$postgres_pid" 300 '^ready '
  OWNWORDS_TEST_POSTGRES=$(sed -n 's/^ready //p' "$logs/postgres.out")
  export OWNWORDS_TEST_POSTGRES
  echo "$OWNWORDS_TEST_POSTGRES"
}

# The first use fetches libraries and packages; it comes after the FHIR server's, since both fetch with Maven.
start_validator() {
  printf '{"resourceType":"Basic","code":{"text":"warm-up"}}\n' >"$logs/warm-up.json"
  background validator "$OWNWORDS_SHARED/interop/validator/run" "$logs/warm-up.json"
  validator_pid=$started
}

await_validator() {
  wait "$validator_pid" || fail_with validator
}

stop_peers() {
  local group
  for group in "${groups[@]}"; do
    kill -TERM -- "-$group" 2>/dev/null || true
  done
  for group in "${groups[@]}"; do
    wait "$group" 2>/dev/null || true
  done
  [[ -z $postgres_home ]] || rm -rf "$postgres_home"
}
