"""The box in which a student's code runs: a world of its own that vanishes with it.

- **bubblewrap**: own processes, System V objects, network (none), /dev/shm and /tmp; of the file system only Python and
  `ipclab`, read-only; no labs, no submissions, nothing of the user's.
- **namespaces** (`unshare`): the same, except that files stay readable and writable as for the user who grades; the
  folders that hold the labs and the submissions are hidden.
- **none**: a process like any other. Grading refuses it unless told `--unsafe`, and then says so on every page.

Whether a box works is found out by starting one. Sources: bwrap(1), unshare(1), namespaces(7), setrlimit(2).
"""

from __future__ import annotations

import functools
import os
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
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
LIMITS = {                           # of each process in the box
    resource.RLIMIT_CPU: 30,         # seconds
    resource.RLIMIT_AS: 1024 * MEGABYTE,
    resource.RLIMIT_FSIZE: 4 * MEGABYTE,
    resource.RLIMIT_NOFILE: 256,
    resource.RLIMIT_NPROC: 1000,     # on older kernels it counts the user's processes everywhere; not enforced for root
    resource.RLIMIT_CORE: 0,
}


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
        """`argv` in this box. `hidden`: folders that a box which shares the file system covers up."""
        if self.kind == "bubblewrap":
            return [self.program, *_bubblewrap(), "--", *argv]
        if self.kind == "namespaces":
            return [self.program, *_namespaces(hidden), *argv]
        return argv


def _bubblewrap() -> list[str]:
    shown = dict.fromkeys([sys.base_prefix, sys.prefix, str(PACKAGE)])
    return [
        "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--uid", "65534", "--gid", "65534",
        "--hostname", "box", "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc",
        *(arg for path in SYSTEM for arg in ("--ro-bind-try", path, path)),
        *(arg for path in shown for arg in ("--ro-bind", path, path)),
        "--chdir", "/tmp",
    ]


def _namespaces(hidden: tuple[Path, ...]) -> list[str]:
    covered = [Path("/dev/shm"), *(path for path in hidden if path.is_dir() and not _holds_python(path))]
    mounts = " && ".join(f'mount -t tmpfs tmpfs "${n}"' for n in range(1, len(covered) + 1))
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = f'{mounts} && shift {len(covered)} && exec "$@"'
    return [*root, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--ipc", "--net", "--uts",
            "/bin/sh", "-c", script, "sh", *map(str, covered)]


def _holds_python(path: Path) -> bool:
    return any(Path(needed).is_relative_to(path.resolve()) for needed in (sys.prefix, sys.base_prefix, PACKAGE))


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
    probe = [sys.executable, "-I", "-c", "import os; print(os.getpid())"]
    try:
        run = subprocess.run(box.command(probe), env=box.environment, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{box.kind} could not be started: {error}"
    if run.returncode == 0 and run.stdout.strip() in {"1", "2"}:
        return ""
    said = (run.stderr.strip() or f"exit status {run.returncode}").splitlines()[-1]
    return (f"{box.kind} could not be started: {said}. On Ubuntu 24.04 and later, user namespaces need an AppArmor "
            "profile, or kernel.apparmor_restrict_unprivileged_userns=0.")


def limit_myself() -> None:
    """Set the limits of a process in the box. A lower limit that is there already stays."""
    for what, most in LIMITS.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
