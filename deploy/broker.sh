#!/bin/sh
# Give the tests of events a RabbitMQ, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
. "$(dirname "$0")/bring.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin
there() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null; }
there && exit 0
bring --no-install-recommends rabbitmq-server
there || missing RabbitMQ "the tests of events"
