#!/bin/sh
# Give the browser tests a Chromium, where the system's package manager can. Without one they are skipped, but not in CI.
set -eu
. "$(dirname "$0")/bring.sh"
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
bring chromium
command -v chromium >/dev/null || missing Chromium "the browser tests"
