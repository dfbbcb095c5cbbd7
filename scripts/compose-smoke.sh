#!/usr/bin/env bash
# Runs the pipeline in containers and compares every report with that of the one-process run:
#   1. docker compose up, with two instances of sgs-service and crossbar-sim; on the way one service is killed and restarted,
#      and one instance of sgs-service removed
#   2. a trace replayed into the running pipeline as a run of its own beside the first
#   3. the Python service in the place of sgs-service
# Needs a Docker engine with docker compose (v2) or docker-compose (1.29), and what ./sgs-ars needs. Cleans up behind itself.
# Usage: scripts/compose-smoke.sh [--keep]      --keep leaves the containers running
set -euo pipefail
cd "$(dirname "$0")/.."
keep=false
[ "${1:-}" = --keep ] && keep=true

if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=sgs-ars-smoke EXPERIMENT=experiments/quickstart.yml OUT=$work/out ANALYZER_PORT=${ANALYZER_PORT:-18085}
mkdir "$OUT"
plain=("${compose[@]}" -f docker-compose.yml)
swapped=("${compose[@]}" -f docker-compose.yml -f docker-compose.swap.yml)

finish() {
  code=$?
  if [ $code -ne 0 ]; then
    "${swapped[@]}" logs --tail=40 || true
    echo "compose-smoke: FAILED" >&2
  fi
  if [ $keep = false ]; then
    "${swapped[@]}" down --volumes --remove-orphans >/dev/null 2>&1 || true
    rm -rf "$work"
  fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { echo "compose-smoke: $*"; }

# wait_until SECONDS WHAT COMMAND...
wait_until() {
  local by=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $by ]; then
      say "waited in vain for $what" >&2
      return 1
    fi
    sleep 0.5
  done
}

# A report without its run's name and times.
timeless() { sed -E 's/"(run|createdAt|finishedAt)" : "[^"]*"/"\1" : ""/' "$1"; }

same_report() {
  wait_until 300 "the report of $1" test -f "$OUT/$1/report.json"
  if ! cmp <(timeless "$OUT/$1/report.json") <(timeless "$work/alone/report.json"); then
    say "the report of $1 differs from the one-process run's" >&2
    return 1
  fi
  wait_until 30 "the page of $1" curl -fsS "http://127.0.0.1:$ANALYZER_PORT/reports/$1/report.html"
  say "$1: the report equals the one-process run's, byte for byte"
}

on_the_way() { curl -fsS "http://127.0.0.1:$ANALYZER_PORT/status" | grep -q "\"run\":\"$1\",[^}]*\"iterations\":[1-9]"; }

exit_code() { docker inspect --format '{{.State.ExitCode}}' "$("$@" ps -q -a gradient-producer 2>/dev/null || "$@" ps -q gradient-producer)"; }

say "the one-process run"
./sgs-ars run "$EXPERIMENT" --out "$work/alone" >/dev/null 2>&1

say "docker compose up"
RUN=java "${plain[@]}" up -d --build --scale sgs-service=2 --scale crossbar-sim=2 >"$work/up.log" 2>&1 || { tail -30 "$work/up.log"; exit 1; }
wait_until 120 "the first wear" on_the_way java
victim=$("${plain[@]}" ps -q ars-controller)
docker kill "$victim" >/dev/null
say "ars-controller killed on the way"
docker start "$victim" >/dev/null
"${plain[@]}" ps -q sgs-service | head -1 | xargs docker rm -f >/dev/null
say "one of two instances of sgs-service removed on the way, with all that it had on its disk"
same_report java
[ "$(exit_code "${plain[@]}")" = 0 ] || { say "the producer's exit code is not 0" >&2; exit 1; }

say "a trace replayed into the running pipeline"
"${plain[@]}" run --rm gradient-producer \
  --sgsars.producer.run=replayed --sgsars.producer.trace=/traces/fashion-lenet.avro >"$work/run.log" 2>&1 || { tail -30 "$work/run.log"; exit 1; }
same_report replayed
test -f "$OUT/java/report.json"

say "the Python service in the place of sgs-service"
"${plain[@]}" stop sgs-service >/dev/null 2>&1
RUN=python "${swapped[@]}" up -d --build >"$work/swap.log" 2>&1 || { tail -30 "$work/swap.log"; exit 1; }
same_report python
for run in java replayed; do
  cmp <(timeless "$OUT/$run/report.json") <(timeless "$work/alone/report.json") || { say "the report of $run has changed" >&2; exit 1; }
done

say "passed"
