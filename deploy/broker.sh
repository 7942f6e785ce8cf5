#!/bin/sh
# Give the tests of events a RabbitMQ, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
PATH=$PATH:/usr/sbin:/usr/local/sbin
there() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null; }
there && exit 0
if command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing RabbitMQ for the tests of events ..."
    # RUNLEVEL=1: Debian would start it at once.
    if { $as_root apt-get update -qq \
        && $as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            rabbitmq-server; } >/dev/null 2>&1 && there; then
        exit 0
    fi
fi
if [ "${CI:-}" = true ]; then
    echo "RabbitMQ is missing and could not be installed; the CI must not skip the tests of events." >&2
    exit 1
fi
echo "RabbitMQ is missing and could not be installed: the tests of events will be skipped." >&2
