#!/usr/bin/env bash
# Runs all benchmarks on this machine: benchmarks/run.sh [--quick]. Prints a table of ratios and writes
# benchmarks/target/results.json, of which compare.sh compares two. Half an hour or so, with --quick ten minutes; leave the machine
# alone meanwhile.
# benchmarks/run.sh --clients compares chunk sizes and settings of Kafka's clients, and nothing else.
# benchmarks/run.sh --machines adds, loses and restarts machines during runs, and nothing else; some ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
  "" | --quick | --clients | --machines) ;;
  *)
    echo "usage: benchmarks/run.sh [--quick | --clients | --machines]" >&2
    exit 2
    ;;
esac
# Builds what is outdated, and nothing is left to build when the start is measured.
./sgs-ars --version >/dev/null
./sgs-ars validate experiments/train.yml >/dev/null
# A heap that is the same on every machine, so that results can be compared.
exec java -Xmx2g -XX:+UseSerialGC -XX:MaxNewSize=512m -XX:SurvivorRatio=2 -Dlogback.configurationFile=logback-sgs-ars.xml -Dsgsars.project="$PWD" \
  -cp "benchmarks/target/benchmarks.jar:benchmarks/target/lib/*:pytorch-training/target/pytorch-training.jar:pytorch-training/target/lib/*" org.sgsars.benchmarks.Main ${1:+"$1"} benchmarks/target/results.json
