#!/bin/sh
# Makes .venv from requirements.lock, for `make setup`. Safe to run again; says what is missing.
set -eu

python=${PYTHON:-python3}

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "no $python here." "Install Python 3.11 (Debian: apt-get install python3 python3-venv), or name one: make setup PYTHON=python3.11"

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
3.11 | 3.12) ;;
3.13)
    # plyvel has no wheel for 3.13; its source needs LevelDB's headers and a C++ compiler.
    if ! command -v g++ >/dev/null 2>&1 || ! printf '#include <leveldb/db.h>\n' | g++ -E -x c++ - >/dev/null 2>&1; then
        fail "Python 3.13 needs LevelDB's headers and a C++ compiler, since plyvel has no wheel for it." \
            "Install them (Debian: apt-get install libleveldb-dev g++ python3-dev), or use Python 3.11 or 3.12."
    fi
    ;;
*) fail "$python is Python $version; WattDAG runs on 3.11, 3.12 and 3.13. Name one: make setup PYTHON=python3.11" ;;
esac

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python $version here cannot make virtual environments." "Install the module (Debian: apt-get install python3-venv)."

echo "setup: making .venv with Python $version"
"$python" -m venv .venv
echo "setup: installing the locked dependencies"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
touch .venv/.complete
echo "setup: done; the command is .venv/bin/wattdag"
