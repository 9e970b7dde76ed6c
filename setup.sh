#!/bin/sh
# Makes the environment in .venv and installs this project's pinned requirements there.
# With a C compiler and Python's headers it builds the one part of ipclab that is in C, too.
# Runs again only when they, the Python or the compiler changed. `make` calls it; PYTHON=... chooses another Python.
set -eu
cd "$(dirname "$0")"

say_and_stop() { echo "setup: $*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || say_and_stop "this book experiments on Linux kernel objects;" \
    "on macOS or Windows run it in a Linux virtual machine, a container, or WSL 2 (see README.md)."

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if recent_enough "$candidate"; then python=$candidate; break; fi
done
[ -n "$python" ] || say_and_stop "no Python 3.11 or newer among: ${PYTHON:-python3, python3.13, python3.12, python3.11};" \
    "install one, or name it: make PYTHON=/path/to/python3 ..."

"$python" -c 'import venv, ensurepip' >/dev/null 2>&1 || say_and_stop "$python has no venv;" \
    "install it (Debian and Ubuntu: apt install python3-venv) and run make again."

venv=${VENV:-.venv}
python_is='import os, sys, sysconfig
print(sys.version, sys.base_prefix, os.path.exists(sysconfig.get_path("include") + "/Python.h"))'
wanted="$("$python" -c "$python_is") $(command -v cc || :) \
$(cat requirements.txt pyproject.toml ipclab/mechanisms/_mq.c | cksum) $PWD"
[ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || exit 0

echo "setup: installing into $venv with $("$python" -V) (once; about two minutes)"
[ -x "$venv/bin/python" ] && recent_enough "$venv/bin/python" || "$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet --requirement requirements.txt
rm -f ipclab/mechanisms/_mq.*.so
CC=${CC:-cc} "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation \
    --editable .
echo "$wanted" > "$venv/installed"
