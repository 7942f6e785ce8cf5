#!/bin/sh
# Give tests/dash what they need: dash.testing (into .venv/dash, by the Python $1, with the product's packages behind it) and
# a chromedriver, where the system's package manager has it. Without them those tests are skipped, but not in CI.
set -eu
wanted=tests/dash/requirements.txt
own=.venv/dash
if ! [ "$own/installed" -nt "$wanted" ]; then
    echo "Installing $wanted ..."
    { [ -x "$own/bin/python" ] || "$1" -m venv "$own"; } \
        && "$own/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --require-hashes -r "$wanted" \
        && "$1" -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
            >"$("$own/bin/python" -c "import sysconfig; print(sysconfig.get_path('purelib'))")/product.pth" \
        && touch "$own/installed" \
        || echo "dash.testing could not be installed." >&2
fi
if ! command -v chromedriver >/dev/null && command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing chromedriver ..."
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium-driver; } \
        >/dev/null 2>&1 || true
fi
if [ -e "$own/installed" ] && command -v chromedriver >/dev/null; then
    exec "$own/bin/python" -m pytest -o "addopts=-ra --strict-markers --strict-config -p dash" \
        -W ignore::DeprecationWarning --headless tests/dash
fi
if [ "${CI:-}" = true ]; then
    echo "dash.testing or chromedriver is missing and could not be installed; the CI must not skip tests/dash." >&2
    exit 1
fi
echo "dash.testing or chromedriver is missing and could not be installed: tests/dash are skipped." >&2
