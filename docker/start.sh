#!/bin/sh
# Starts the service of this image; arguments are its settings. Jars in /app/plugins join its class path. The heap may take 70 % of the
# container's memory, two thirds of that for what lives, and takes what it needs.
umask "${SGSARS_UMASK:-022}"
# One by one: Java's own wildcard takes hidden jars too, such as a Mac's ._NAME.jar.
plugins=
for plugin in /app/plugins/*.jar /app/plugins/*.JAR; do
  if [ -f "$plugin" ]; then plugins=$plugins:$plugin; fi
done
# shellcheck disable=SC2086 # several options in one variable are meant to be several
exec java -XX:MaxRAMPercentage=70 -XX:+UseSerialGC -XX:SurvivorRatio=2 --enable-native-access=ALL-UNNAMED -Dsun.misc.unsafe.memory.access=allow ${JAVA_OPTS:-} \
  -cp "/app/service.jar$plugins:/app/training/*" "$(cat /app/main-class)" "$@"
