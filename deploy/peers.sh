#!/bin/sh
# Install the programs that tests/peers compares our figures with: Beancount (into .venv/peers, by the Python $1) and
# hledger, where the system's package manager has it. Without them those tests are skipped, but not in CI.
set -eu
wanted=tests/peers/requirements.txt
peers=.venv/peers
if ! [ "$peers/installed" -nt "$wanted" ]; then
    echo "Installing $wanted ..."
    { [ -x "$peers/bin/python" ] || "$1" -m venv "$peers"; } \
        && "$peers/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --require-hashes -r "$wanted" \
        && touch "$peers/installed" \
        || echo "Beancount could not be installed." >&2
fi
if ! command -v hledger >/dev/null && command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "Installing hledger ..."
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq hledger; } \
        >/dev/null 2>&1 || true
fi
if [ -e "$peers/installed" ] && command -v hledger >/dev/null; then
    exit 0
fi
if [ "${CI:-}" = true ]; then
    echo "Beancount or hledger is missing and could not be installed; the CI must not skip tests/peers." >&2
    exit 1
fi
echo "Beancount or hledger is missing and could not be installed: those tests will be skipped." >&2
