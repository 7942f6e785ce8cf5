#!/bin/sh
# Install the programs that tests/peers compares our figures with: Beancount (into .venv/peers, by the Python $1) and
# hledger, where the system's package manager has it. Without them those tests are skipped, but not in CI.
set -eu
. "$(dirname "$0")/bring.sh"
if environment .venv/peers "$1" tests/peers/requirements.txt; then
    command -v hledger >/dev/null || bring hledger
    command -v hledger >/dev/null || missing hledger tests/peers
else
    missing Beancount tests/peers
fi
