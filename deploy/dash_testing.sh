#!/bin/sh
# Run tests/dash with what they need: dash.testing (in .venv/dash, by the Python $1, with the product's packages behind it)
# and a chromedriver, where the system's package manager has it. Without them those tests are skipped, but not in CI.
set -eu
. "$(dirname "$0")/bring.sh"
own=.venv/dash
packages="import sysconfig; print(sysconfig.get_path('purelib'))"
{ environment "$own" "$1" tests/dash/requirements.txt \
    && "$1" -c "$packages" >"$("$own/bin/python" -c "$packages")/product.pth"; } \
    || missing dash.testing tests/dash
command -v chromedriver >/dev/null || bring chromium-driver
command -v chromedriver >/dev/null || missing chromedriver tests/dash
exec "$own/bin/python" -m pytest -o "addopts=-ra --strict-markers --strict-config -p dash" \
    -W ignore::DeprecationWarning --headless tests/dash
