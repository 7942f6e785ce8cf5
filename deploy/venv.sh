#!/bin/sh
# Make the virtual environment $1 with the newest Python (3.11 or newer) that can.
set -eu
for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    # A name on the PATH proves nothing: it may be a version manager's, or lack the venv module (Debian).
    if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "Making $1 with $("$name" --version) ..."
        exec "$name" -m venv "$1"
    fi
done
echo "Python 3.11 or newer with its venv module is needed and was not found." >&2
echo "Debian or Ubuntu: apt-get install python3 python3-venv" >&2
exit 1
