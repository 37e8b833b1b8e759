# shellcheck shell=bash
# The steps of .ci/run: run with their times, and the summary at the end. Starting peers is in peers.sh.
# shellcheck disable=SC2154 # target and logs are set by .ci/run

passed=()
notes=()
current=

# step NAME COMMAND…: runs it, says it, keeps its time. A failure ends the run.
step() {
  current=$1
  shift
  local from=$SECONDS
  printf '\n== %s: %s\n' "$current" "$*"
  "$@"
  passed+=("$(printf '%5d s  %s' $((SECONDS - from)) "$current")")
  current=
}

note() {
  notes+=("$*")
  printf 'note: %s\n' "$*"
}

finish() {
  local status=$?
  trap - EXIT
  stop_peers
  printf '\n== summary\n'
  ((${#passed[@]} == 0)) || printf '%s\n' "${passed[@]}"
  ((${#notes[@]} == 0)) || printf '   note  %s\n' "${notes[@]}"
  if [[ $status == 0 && -z $current ]]; then
    printf 'green after %d s\n' "$SECONDS"
  else
    printf ' FAILED  %s\nred after %d s; the logs of the peers are in %s\n' "${current:-before the first step}" "$SECONDS" "$logs"
    [[ $status != 0 ]] || status=1
  fi
  exit "$status"
}

# readme_command MARK: runs the code block that follows <!-- MARK --> in README.md, exactly as it stands there.
readme_command() {
  local block
  block=$(awk -v mark="<!-- $1 -->" '
    $0 == mark { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    inside { print }' README.md)
  [[ -n $block ]] || { echo "README.md has no code block after <!-- $1 -->"; return 1; }
  printf '%s\n' "$block"
  bash -euo pipefail -c "$block"
}

# Compiles our profiles again and compares every file with what is committed.
same_profiles() {
  if ! command -v npm >/dev/null; then
    note "skipped: no npm here, so profiles/fsh was not compiled again (cargo test compares its digest)"
    return
  fi
  rm -rf "$target/profiles"
  profiles/build "$target/profiles"
  diff -r profiles/compiled "$target/profiles" || {
    echo "profiles/compiled is not what profiles/fsh says: run profiles/build"
    return 1
  }
}

# The Bundles of the mapping examples, of 200 generated plans, of the reference plan read in and written out again, and the
# examples of our profiles, all in one run of the validator, and copies of a good Bundle with one fault each.
validate_bundles() {
  local reference=$OWNWORDS_SHARED/data/fhir-examples/reference-plan/Bundle-reference-plan.json
  rm -rf "$target/bundles" "$target/plans"
  mkdir -p "$target/plans"
  OWNWORDS_TEST_BUNDLES=$(realpath "$target/plans") \
    cargo test --locked --quiet --test it generated_plans_for_the_validator
  cargo run --locked --quiet -- map "$reference" --to bundle >"$target/plans/reference-plan.json"
  python3 .ci/bundles "$target/bundles" mappings "$target/plans"
  python3 .ci/planted "$target/bundles" "$target/bundles/reference-plan-1.json"
  "$OWNWORDS_SHARED/interop/validator/run" "$target/bundles" profiles/compiled/examples --ig profiles/compiled \
    --ig tests/interop/absent --closed \
    --format ndjson >"$logs/validated.ndjson" || [[ $? == 1 ]]
  python3 .ci/warnings "$logs/validated.ndjson" tests/interop/warnings.md
}

# Clients and a tester that we did not write, beside a service each. What cannot be installed here is noted.
other_clients() {
  local python said
  if python=$(tests/interop/python fhirpy==2.3.1); then
    "$python" tests/interop/read.py "$target/debug/ownwords"
    "$python" tests/interop/write.py "$target/debug/ownwords"
  else
    note "fhirpy cannot be installed here: tests/interop/read.py and write.py were not run"
  fi
  python3 tests/interop/read.py "$target/debug/ownwords" -- tests/interop/curl
  for said in node openapi; do
    "tests/interop/$said" "$target/debug/ownwords" | tee "$logs/$said.txt"
    ! grep -q '^skipped' "$logs/$said.txt" || note "tests/interop/$said was skipped"
  done
  OWNWORDS_OPENAPI_STORE=$OWNWORDS_TEST_POSTGRES tests/interop/openapi "$target/debug/ownwords"
}

# Reads the compose file as Docker would; no engine is needed for that. Without one the image's content is run as a container
# would run it.
compose_file() {
  if docker compose version >/dev/null 2>&1; then
    docker compose config -q
  else
    command -v docker-compose >/dev/null || install_package docker-compose ||
      note "docker-compose cannot be installed here: docker-compose.yml was not read"
    ! command -v docker-compose >/dev/null || docker-compose config -q
  fi
  tests/image/run | tee "$logs/image.txt"
  ! grep -q '^skipped' "$logs/image.txt" || note "tests/image/run was skipped"
  docker info >/dev/null 2>&1 || note "no container engine here: the image was not built; what it would hold was run"
}
