#!/bin/sh
# Sets up everything the project needs, in .venv: Python packages as locked, Delta's jars as locked.
# Safe to run again; says in one sentence what is missing on the machine.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11, 3.12 or 3.13 is missing. Install one, or name it: make PYTHON=/path/to/python3.11"
}

check_java() {
    java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || true
    case "$version" in
        17 | 21) ;;
        "") fail "Java is missing. Install Java 17 (or 21) and put it on the PATH or in JAVA_HOME." ;;
        *) fail "Java $version is not supported. Install Java 17 (or 21) and put it on the PATH or in JAVA_HOME." ;;
    esac
}

check_disk() {
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge 3000 ] || fail "Only $free_mb MB are free on this disk; 3000 MB are needed."
}

python=$(find_python)
check_java
check_disk

[ -x .venv/bin/python ] || "$python" -m venv .venv || fail "$python cannot make a virtual environment. On Debian: apt install python3-venv."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
.venv/bin/python -m lakehouse.jars
.venv/bin/python -m lakehouse.shared_classes || echo "setup: Spark works, and takes longer to start." >&2
touch .venv/ready
