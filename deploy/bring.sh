# Sourced by the scripts that bring what tests need: each tries to install it, and says `missing` where that fails.

# Install packages where the system's package manager is Debian's, as root or by sudo without a password; $@ is for
# `apt-get install`. Whether it worked is for the caller to see.
bring() {
    command -v apt-get >/dev/null || return 0
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    for package in "$@"; do :; done
    echo "Installing $package ..."
    # RUNLEVEL=1: Debian would start a server at once, nginx on port 80.
    { $as_root apt-get update -qq \
        && $as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >/dev/null 2>&1 || true
}

# Make the virtual environment $1 with the Python $2, and put there what the file $3 locks, unless it is there already.
environment() {
    [ "$1/installed" -nt "$3" ] && return
    echo "Installing $3 ..."
    { [ -x "$1/bin/python" ] || "$2" -m venv "$1"; } \
        && "$1/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --require-hashes -r "$3" \
        && touch "$1/installed"
}

# End: without $1 the tests $2 are skipped, but not in CI.
missing() {
    if [ "${CI:-}" = true ]; then
        echo "$1 is missing and could not be installed; the CI must not skip $2." >&2
        exit 1
    fi
    echo "$1 is missing and could not be installed: $2 will be skipped." >&2
    exit 0
}
