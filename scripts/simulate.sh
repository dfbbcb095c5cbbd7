#!/usr/bin/env bash
# Runs all services in one thread, on a log and a disk in memory, under the interleavings and faults that seeds draw:
# scripts/simulate.sh [--seeds N] [--from S] [--seed S]. A seed that fails prints its schedule, and replays alone by --seed.
set -euo pipefail
cd "$(dirname "$0")/.."
jar=simulation/target/simulation.jar
if [ ! -f "$jar" ] || [ -n "$(find pom.xml ./*/pom.xml ./*/src/main simulation/*.yml -newer "$jar" -print -quit)" ]; then
  mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true -Dcyclonedx.skip -pl simulation -am package >&2
  touch "$jar"
fi
exec java -XX:+UseParallelGC -Dlogback.configurationFile=logback-simulation.xml -Dsgsars.project="$PWD" -jar "$jar" "$@"
