#!/usr/bin/env bash
# What it costs a run to be watched: the same run in turns, alone, followed by a program that notes how large the updates are, and
# followed by headless Chromium, too, if there is one. Processor time is compared, which other load on the machine changes little; a
# browser with an empty page shows what a browser costs by itself.
# Usage: benchmarks/page.sh [--experiment FILE] [--iterations N] [--rounds N] [--layer N]
set -euo pipefail
cd "$(dirname "$0")/.."
experiment=benchmarks/page.yml iterations=120 rounds=3 layer=49 port=${PORT:-8098}
while [ $# -gt 0 ]; do
  case $1 in
    --experiment) experiment=$2 ;;
    --iterations) iterations=$2 ;;
    --rounds) rounds=$2 ;;
    --layer) layer=$2 ;;
    *) sed -n '2,5s/^# //p' "$0"; exit 2 ;;
  esac
  shift 2
done
# The same heap on every machine, so that processor times can be compared.
export SGS_ARS_JAVA_OPTS=${SGS_ARS_JAVA_OPTS:--Xmx2g}
work=$(mktemp -d)
sessions=()
stop() {
  for session in "${sessions[@]}"; do pkill -s "$session" 2>/dev/null || true; done
  wait 2>/dev/null || true
  sessions=()
}
finish() { stop; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM
chromium=$(command -v chromium || command -v google-chrome || true)

# Starts a command in a session of its own, whose number is the last of $sessions.
start() {
  setsid "$@" &
  sessions+=($!)
}

browser() {
  start "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/browser" --remote-debugging-port=0 "$1" >/dev/null 2>&1
}

# Seconds of processor time that a session has used.
processor() {
  local tick
  tick=$(getconf CLK_TCK)
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk -v s="$1" -v t="$tick" '$4 == s {all += $12 + $13} END {printf "%.2f", all / t}'
}

# run NAME alone|followed|browser: notes processor seconds of the run and of the browser.
run() {
  local out=$work/$1 of_browser=0
  sessions=()
  start ./sgs-ars run "$experiment" --iterations "$iterations" --open --port "$port" --out "$out" >"$work/$1.log" 2>&1
  if [ "$2" != alone ]; then
    until curl -fs "http://127.0.0.1:$port/api/runs/$1" -o /dev/null; do sleep 0.2; kill -0 "${sessions[0]}"; done
    start curl -sN "http://127.0.0.1:$port/api/runs/$1/events?layer=$layer" -o "$work/$1.events"
    [ "$2" != browser ] || browser "http://127.0.0.1:$port/#$1"
  fi
  until [ -f "$out/report.json" ]; do sleep 0.1; kill -0 "${sessions[0]}"; done
  [ "$2" != browser ] || of_browser=$(processor "${sessions[2]}")
  echo "$2 $(processor "${sessions[0]}") $of_browser" | tee -a "$work/used"
  stop
}

./sgs-ars --version >/dev/null
echo "$experiment, $iterations iterations; processor seconds of the run and of the browser:"
kinds=(alone followed)
[ -z "$chromium" ] || kinds+=(browser)
for round in $(seq "$rounds"); do
  for i in "${!kinds[@]}"; do
    kind=${kinds[$(((i + round) % ${#kinds[@]}))]}
    run "$kind-$round" "$kind"
  done
done
if [ -n "$chromium" ]; then
  browser about:blank
  sleep 20
  echo "empty 0 $(processor "${sessions[0]}")" | tee -a "$work/used"
fi
awk '{run[$1] += $2; browser[$1] += $3; n[$1]++} END {
  alone = run["alone"] / n["alone"]
  printf "followed: %+.1f %% of the run alone\n", 100 * (run["followed"] / n["followed"] / alone - 1)
  if (n["browser"]) printf "in a browser: %+.1f %%, and the browser itself %.1f %%, %.1f %% of it for an empty page\n",
    100 * (run["browser"] / n["browser"] / alone - 1), 100 * browser["browser"] / n["browser"] / alone, 100 * browser["empty"] / alone }' "$work/used"
cat "$work"/*.events | awk '/^event:/ {name = $2} /^data:/ {bytes = length($0); count[name]++; if (bytes > most[name]) most[name] = bytes}
  END {for (name in most) printf "%s: %d events, the largest of %d bytes\n", name, count[name], most[name]}' | sort
