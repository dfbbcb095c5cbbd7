#!/usr/bin/env bash
# Makes faults of all kinds happen to runs of separate processes, and compares each report with that of an undisturbed run:
# scripts/chaos.sh [--minutes N] [--seed S] [--iterations N] [--faults N] [--experiment FILE]
# [--brokers 1|3] [--store kafka|folder]. Prints what happened; exit code 1 if a report differs.
set -euo pipefail
cd "$(dirname "$0")/.."
experiment=chaos/experiment.yml
for ((i = 1; i <= $#; i++)); do
  case ${!i} in
    --experiment) next=$((i + 1)) && experiment=${!next:-} ;;
    --experiment=*) experiment=${!i#*=} ;;
  esac
done
# Builds what is outdated, and training if the experiment needs it.
./sgs-ars validate "$experiment" >/dev/null
# A fixed heap for this process and smaller ones for its children (Cluster), as a dozen of them share the machine.
exec java -Xmx512m -XX:+UseSerialGC -Dlogback.configurationFile=logback-sgs-ars.xml -Dsgsars.project="$PWD" \
  -cp "chaos/target/chaos.jar:chaos/target/lib/*:pytorch-training/target/pytorch-training.jar:pytorch-training/target/lib/*" org.sgsars.chaos.Main "$@"
