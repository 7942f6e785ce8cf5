#!/bin/sh
# Give the browser tests a Chromium, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing Chromium for the browser tests ..."
    if { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium; } \
        >/dev/null 2>&1 && command -v chromium >/dev/null; then
        exit 0
    fi
fi
if [ "${CI:-}" = true ]; then
    echo "Chromium is missing and could not be installed; the CI must not skip the browser tests." >&2
    exit 1
fi
echo "Chromium is missing and could not be installed: the browser tests will be skipped." >&2
