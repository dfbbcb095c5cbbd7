#!/usr/bin/env bash
# Says what got slower from one run of the benchmarks to another by more than the noise: benchmarks/compare.sh BEFORE.json AFTER.json,
# two results.json of run.sh. Exit code 1 if something did.
set -euo pipefail
if [ $# -ne 2 ]; then
  echo "usage: benchmarks/compare.sh BEFORE.json AFTER.json" >&2
  exit 2
fi
before=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
after=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$(dirname "$0")/.."
./sgs-ars --version >/dev/null
exec java -cp "benchmarks/target/benchmarks.jar:benchmarks/target/lib/*" org.sgsars.benchmarks.Comparison "$before" "$after"
