#!/bin/sh
# Ask for known vulnerabilities of the locked packages. $1 is the Python that has pip-audit. No answer is no failure.
set -eu
output=$("$1" -m pip_audit --progress-spinner off --disable-pip --require-hashes --timeout 15 -r requirements.txt 2>&1) \
    && status=0 || status=$?
case "$status:$output" in
0:*) echo "No known vulnerabilities." ;;
*"known vulnerabilit"*)
    echo "$output" >&2
    exit 1
    ;;
*) echo "The vulnerability database could not be asked: $(echo "$output" | tail -n 1 | cut -c 1-200)" >&2 ;;
esac
