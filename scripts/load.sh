#!/usr/bin/env bash
# Puts more on the services than they can carry, and many runs one after the other:
# scripts/load.sh [--minutes N] [--runs N] [--at-once N]. Exit code 1 if a report differs or something is left.
set -euo pipefail
cd "$(dirname "$0")/.."
# Builds what is outdated.
./sgs-ars --version >/dev/null
# A fixed heap for this process and smaller ones for its children (Cluster), as a dozen of them share the machine.
exec java -Xmx512m -XX:+UseSerialGC -Dlogback.configurationFile=logback-sgs-ars.xml -Dsgsars.project="$PWD" \
  -cp "chaos/target/chaos.jar:chaos/target/lib/*" org.sgsars.chaos.Load "$@"
