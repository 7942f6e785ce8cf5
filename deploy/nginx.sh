#!/bin/sh
# Give the tests of rollouts an nginx, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
. "$(dirname "$0")/bring.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v nginx >/dev/null && exit 0
bring --no-install-recommends nginx
command -v nginx >/dev/null || missing nginx "the tests of rollouts"
