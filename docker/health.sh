#!/bin/bash
# Whether the service in this container is up: the broker answers and the work goes on.
exec 3<>"/dev/tcp/127.0.0.1/${MICRONAUT_SERVER_PORT:-8080}" || exit 1
printf 'GET /health HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
IFS= read -r -t 4 status <&3 || exit 1
case $status in
  *" 200 "*) exit 0 ;;
  *) exit 1 ;;
esac
