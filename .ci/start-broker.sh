#!/usr/bin/env bash
# Sees to it that a RabbitMQ broker answers at 127.0.0.1:5672, which may take two minutes: 0 when one does.
set -u

# Greeted in AMQP 0-9-1, a broker begins a frame with the byte 1, which is something to grep.
answers() {
  timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/5672 && printf "AMQP\\0\\0\\11\\1" >&3 && head -c 1 <&3' 2>/dev/null |
    grep -q .
}

answers && exit 0
command -v rabbitmq-server >/dev/null || exit 1
[ "$(id -u)" = 0 ] || [ "$(id -un)" = rabbitmq ] || exit 1

# A host name that does not resolve, as in some containers, would keep the node from starting.
RABBITMQ_NODENAME="${RABBITMQ_NODENAME:-rabbit@localhost}" rabbitmq-server -detached >/dev/null 2>&1
for _ in $(seq 120); do
  answers && exit 0
  sleep 1
done
exit 1
