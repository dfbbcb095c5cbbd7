#!/usr/bin/env bash
# What it costs a run to be watched: the same run in turns, alone, followed by a program that notes how large the updates are, and
# followed by headless Chromium on the same machine, too, if there is one.
# Usage: benchmarks/page.sh [--experiment FILE] [--iterations N] [--rounds N] [--layer N]
set -euo pipefail
cd "$(dirname "$0")/.."
experiment=benchmarks/page.yml iterations=200 rounds=3 layer=0 port=${PORT:-8098}
while [ $# -gt 0 ]; do
  case $1 in
    --experiment) experiment=$2 ;;
    --iterations) iterations=$2 ;;
    --rounds) rounds=$2 ;;
    --layer) layer=$2 ;;
    *) sed -n '2,4s/^# //p' "$0"; exit 2 ;;
  esac
  shift 2
done
export SGS_ARS_JAVA_OPTS=${SGS_ARS_JAVA_OPTS:--Xmx2g}
work=$(mktemp -d)
children=()
finish() { kill "${children[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM
browser=$(command -v chromium || command -v google-chrome || true)

# Seconds from the announcement of a run to its last wear.
seconds() {
  sed -nE 's/^  "(createdAt|finishedAt)" : "(.*)",?$/\2/p' "$1" |
    while read -r at; do date -d "$at" +%s.%N; done | sort -n | awk 'NR == 1 {a = $1} END {printf "%.2f\n", $1 - a}'
}

# run NAME alone|followed|browser
run() {
  local out=$work/$1
  children=()
  ./sgs-ars run "$experiment" --iterations "$iterations" --open --port "$port" --out "$out" >"$work/$1.log" 2>&1 &
  local sgs_ars=$!
  children+=("$sgs_ars")
  if [ "$2" != alone ]; then
    until curl -fs "http://127.0.0.1:$port/api/runs/$1" -o /dev/null; do sleep 0.2; kill -0 "$sgs_ars"; done
    curl -sN "http://127.0.0.1:$port/api/runs/$1/events?layer=$layer" >"$work/$1.events" &
    children+=($!)
    if [ "$2" = browser ]; then
      "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/browser" --remote-debugging-port=0 \
        "http://127.0.0.1:$port/#$1" >/dev/null 2>&1 &
      children+=($!)
    fi
  fi
  until [ -f "$out/report.json" ]; do sleep 0.5; kill -0 "$sgs_ars"; done
  sleep 2
  kill "${children[@]}" 2>/dev/null || true
  wait "${children[@]}" 2>/dev/null || true
  children=()
  seconds "$out/report.json"
}

kinds=(alone followed)
[ -n "$browser" ] && kinds+=(browser)
echo "$experiment, $iterations iterations"
run warm-up followed >/dev/null
rm "$work"/*.events
for round in $(seq "$rounds"); do
  # Another order each time, so that what the machine does meanwhile meets all.
  for i in "${!kinds[@]}"; do
    kind=${kinds[$(((i + round) % ${#kinds[@]}))]}
    echo "$round $kind $(run "$kind-$round" "$kind")" | tee -a "$work/seconds"
  done
done
awk '$2 == "alone" {alone[$1] = $3} {seconds[$1, $2] = $3; kind[$2]} END {
  for (k in kind) if (k != "alone") for (r in alone) print k, seconds[r, k] / alone[r]}' "$work/seconds" | sort -k1,1 -k2,2n |
  awk '{ratio[$1] = ratio[$1] " " $2} END {for (k in ratio) {n = split(ratio[k], r, " "); printf "%s / alone: median %.4f of%s\n", k, r[int((n + 1) / 2)], ratio[k]}}'
cat "$work"/*.events | awk '/^event:/ {name = $2} /^data:/ {bytes = length($0); count[name]++; if (bytes > most[name]) most[name] = bytes}
  END {for (name in most) printf "%s: %d events, the largest of %d bytes\n", name, count[name], most[name]}' | sort
