"""A command as an ordinary user, who can read Python and this repository even where both lie in root's own folder."""

import os
import stat
import sys
from pathlib import Path

NOBODY = "65534"
OPENED = """
hold=$(mktemp -d); n=0; closed=$1; shift
for path do [ "$path" = -- ] && break; n=$((n + 1)); mkdir $hold/$n; mount --rbind "$path" $hold/$n; done
[ -z "$closed" ] || mount -t tmpfs -o mode=755 tmpfs "$closed"
n=0
while [ "$1" != -- ]; do n=$((n + 1)); mkdir -p "$1"; mount --move $hold/$n "$1"; rmdir $hold/$n; shift; done
shift; rmdir $hold
exec setpriv --reuid %s --regid %s --clear-groups --inh-caps=-all --bounding-set=-all "$@"
""" % (NOBODY, NOBODY)


def as_an_ordinary_user(argv: list[str]) -> list[str]:
    needed = [Path(path).resolve() for path in (sys.base_prefix, sys.prefix, Path(__file__).parents[3])]
    closed = {above for path in needed for above in path.parents if not above.stat().st_mode & stat.S_IXOTH}
    top = min(closed, key=lambda path: len(path.parts), default=None)
    inside = [str(path) for path in needed if top and path.is_relative_to(top)]
    return ["unshare", "--mount", "/bin/sh", "-ec", OPENED, "sh", str(top or ""), *inside, "--", *argv]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "IPCLAB"))} | {
        "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
