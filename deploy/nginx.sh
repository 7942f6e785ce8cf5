#!/bin/sh
# Give the tests of rollouts an nginx, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v nginx >/dev/null && exit 0
if command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing nginx for the tests of rollouts ..."
    # RUNLEVEL=1: Debian would start it at once, on port 80.
    if { $as_root apt-get update -qq \
        && $as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx; } \
        >/dev/null 2>&1 && command -v nginx >/dev/null; then
        exit 0
    fi
fi
if [ "${CI:-}" = true ]; then
    echo "nginx is missing and could not be installed; the CI must not skip the tests of rollouts." >&2
    exit 1
fi
echo "nginx is missing and could not be installed: the tests of rollouts will be skipped." >&2
