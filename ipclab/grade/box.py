"""The box in which a student's code runs: a world of its own that vanishes with it.

It has processes, System V objects, a /tmp and a /dev/shm of its own, no network, and of the file system only Python and
`ipclab`, read-only: no labs, no submissions, nothing of the user's. No process in it has privileges, and what each may
use is limited. It is made

- by **bubblewrap**, or
- from plain **namespaces**, by `unshare`, `mount`, `pivot_root` and `setpriv`, where bubblewrap is not installed.

Without either there is **none**: a process like any other. Grading refuses it unless told `--unsafe`, and then says so
on every page. Whether a box works, and keeps what it promises, is found out by starting one.

What it cannot limit is the memory of all its processes together. So they are the first that the kernel ends when memory
runs out; a bound is set from outside: `systemd-run --user --scope -p MemoryMax=4G ipclab grade …`.

Sources: bwrap(1), unshare(1), setpriv(1), namespaces(7), mount_namespaces(7), setrlimit(2), proc_pid_oom_score_adj(5).
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import random
import re
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Box", "best", "limit_myself", "offers"]

PACKAGE = Path(__file__).parents[1]
MEGABYTE = 1 << 20
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache")
# One allocator for all threads: each of its own would take 64 MB of the address space that is allowed.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
               "MALLOC_ARENA_MAX": "1"}
ROOM = {"/tmp": 64 * MEGABYTE, "/dev/shm": 64 * MEGABYTE}
# Numbers of users that nobody is: systemd gives them out to services while they run, and so do we.
NOBODY = range(61184, 65520)
SYS_ADMIN = 1 << 21                  # capabilities(7)
LIMITS = {                           # of each process in the box; what is counted for a user is counted in the box
    resource.RLIMIT_CPU: 30,         # seconds
    resource.RLIMIT_AS: 1024 * MEGABYTE,
    resource.RLIMIT_FSIZE: 4 * MEGABYTE,
    resource.RLIMIT_NOFILE: 256,
    resource.RLIMIT_NPROC: 64,
    resource.RLIMIT_CORE: 0,
}

# Of the box's own System V objects. Where only the kernel's root may set these, an ordinary user does without.
FEWER_OBJECTS = """for limit in "shmall 16384" "shmmni 64" "msgmni 64" "sem 250 16000 100 64"; do
    echo ${limit#* } 2>/dev/null >/proc/sys/kernel/${limit%% *}
done
"""
PRIVATE_ROOT = """set -e
PATH=/usr/sbin:/sbin:/usr/bin:/bin
mount -t tmpfs -o size=1m,mode=755 root /dev/shm
cd /dev/shm
mkdir tmp proc dev dev/shm old
for device in null zero full random urandom; do : >dev/$device; mount --bind /dev/$device dev/$device; done
while [ "$1" != shown ]; do mount -t tmpfs -o "size=$1,mode=1777" room ".$2"; shift 2; done
shift
while [ "$1" != covered ]; do
    if [ -d "$1" ]; then mkdir -p ".$1"; else mkdir -p ".${1%/*}"; : >".$1"; fi
    mount --rbind "$1" ".$1"
    while read -r _ _ _ _ point _; do
        case $point in "$PWD$1"|"$PWD$1"/*) mount -o remount,bind,ro "$point" ;; esac
    done </proc/self/mountinfo
    shift
done
shift
while [ "$1" != then ]; do mount -t tmpfs -o size=0,ro covered ".$1"; shift; done
shift
mount -t proc proc proc
pivot_root . old
umount -l old
rmdir old
mount -o remount,bind,ro /
cd /tmp
set +e
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A way to run a command apart from everything else."""

    kind: str                        # "bubblewrap", "namespaces" or "none"
    program: str = ""                # path of bwrap or unshare

    @property
    def safe(self) -> bool:
        return self.kind != "none"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a command in this box gets: none of the user's."""
        # In a box /dev/shm is its own; the user's ledgers in /tmp may not be, and belong to somebody else there.
        return ENVIRONMENT | ({"IPCLAB_LEDGERS": "/dev/shm/ledgers"} if self.safe else {})

    def command(self, argv: list[str], hidden: tuple[Path, ...] = ()) -> list[str]:
        """`argv` in this box. `hidden`: folders that are covered up, should they lie inside what the box shows."""
        if not self.safe:
            return argv
        shown = [path for path in dict.fromkeys([*SYSTEM, sys.base_prefix, sys.prefix, str(PACKAGE)])
                 if os.path.exists(path)]
        covered = [str(folder) for folder in hidden if folder.is_dir() and any(map(folder.is_relative_to, shown))]
        make = _bubblewrap if self.kind == "bubblewrap" else _namespaces
        return make(self.program, shown, covered, argv)


def _bubblewrap(program: str, shown: list[str], covered: list[str], argv: list[str]) -> list[str]:
    above = dict.fromkeys(str(folder) for path in shown for folder in reversed(Path(path).parents[:-1]))
    world = [
        program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
        "--die-with-parent", "--new-session", "--hostname", "box", "--cap-drop", "ALL",
        "--proc", "/proc", "--dev", "/dev",
        *(word for path, size in ROOM.items() for word in ("--perms", "1777", "--size", str(size), "--tmpfs", path)),
        *(word for path in above for word in ("--dir", path)),
        *(word for path in shown for word in ("--ro-bind", path, path)),
        *(word for path in covered for word in ("--tmpfs", path, "--remount-ro", path)),
        "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp",
    ]
    if _rules_the_kernel():
        kept = [word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}")]
        return [*world, *kept, "--", "/bin/sh", "-c", f'{FEWER_OBJECTS}exec "$@"', "sh", *_as_nobody(), *argv]
    mapped = ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    return [*(_as_nobody() if os.geteuid() == 0 else []), *world, *mapped, "--", *argv]


def _namespaces(program: str, shown: list[str], covered: list[str], argv: list[str]) -> list[str]:
    rules = _rules_the_kernel()
    unprivileged = _as_nobody() if rules else ["setpriv", *NO_PRIVILEGES]
    room = [word for path, size in ROOM.items() for word in (str(size), path)]
    return [program, *([] if rules else ["--user", "--map-root-user"]), "--mount", "--pid", "--fork", "--kill-child",
            "--ipc", "--net", "--uts", "/bin/sh", "-c", f'{PRIVATE_ROOT}{FEWER_OBJECTS}exec "$@"', "sh", *room, "shown",
            *shown, "covered", *covered, "then", *unprivileged, "--pdeathsig", "keep", *argv]


NO_PRIVILEGES = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]


def _as_nobody() -> list[str]:
    """Root's processes are not limited in number, so in the box they are somebody else's, each time another's."""
    user = str(random.choice(NOBODY))
    return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", *NO_PRIVILEGES]


def _rules_the_kernel() -> bool:
    """Root that may mount; in a container root often may not, and makes its box as an ordinary user does."""
    granted = re.search(r"CapEff:\t(\w+)", Path("/proc/self/status").read_text())
    return os.geteuid() == 0 and bool(int(granted[1], 16) & SYS_ADMIN)


PROBE = """
import os, resource, socket
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    limited = os.fork() < 0
except OSError:
    limited = True
print(os.getpid() < 9, limited, os.access("/", os.W_OK), os.path.exists("/etc/passwd"), socket.if_nameindex()[1:])
"""
KEPT = "True True False False []"


@functools.cache
def offers() -> dict[str, str]:
    """What this machine offers: kind of box → "" if it works, else why not and how to get it."""
    return {
        "bubblewrap": _problem(Box("bubblewrap", shutil.which("bwrap") or ""),
                               "bubblewrap is not installed (Debian, Ubuntu: sudo apt-get install bubblewrap)"),
        "namespaces": _problem(Box("namespaces", shutil.which("unshare") or ""),
                               "unshare is not installed (Debian, Ubuntu: sudo apt-get install util-linux)"),
    }


def best() -> Box:
    """The strongest box that works here; of kind "none" if there is no such thing."""
    works = [kind for kind, problem in offers().items() if not problem]
    programs = {"bubblewrap": "bwrap", "namespaces": "unshare"}
    return Box(works[0], shutil.which(programs[works[0]])) if works else Box("none")


def _problem(box: Box, missing: str) -> str:
    if not box.program:
        return missing
    probe = [sys.executable, "-I", "-c", PROBE]
    try:
        run = subprocess.run(box.command(probe), env=box.environment, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{box.kind} could not be started: {error}"
    if run.returncode == 0:
        return "" if run.stdout.strip() == KEPT else f"{box.kind} does not keep apart here what it should"
    said = (run.stderr.strip() or f"exit status {run.returncode}").splitlines()[-1]
    return (f"{box.kind} could not be started: {said}. On Ubuntu 24.04 and later, user namespaces need an AppArmor "
            "profile, or kernel.apparmor_restrict_unprivileged_userns=0. It takes bubblewrap 0.8 or newer")


def limit_myself() -> None:
    """Set the limits of a process in the box. A lower limit that is there already stays."""
    for what, most in LIMITS.items():
        if what == resource.RLIMIT_NPROC and not _counted_in_the_box():
            most = 1000
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError):           # when memory runs out, the kernel is to end us first
        Path("/proc/self/oom_score_adj").write_text("1000")


def _counted_in_the_box() -> bool:
    """Before Linux 5.14 a user's processes are counted everywhere together, in user namespaces or not."""
    major, minor = re.match(r"(\d+)\.(\d+)", platform.release()).groups()
    return (int(major), int(minor)) >= (5, 14) or os.getuid() in NOBODY
