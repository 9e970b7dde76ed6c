"""nbgrader in a folder of its own beside this project's packages, made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from chromium import leave_out

WANTED = Path(__file__).with_name("nbgrader.txt")
CODE = "from nbgrader.apps.nbgraderapp import main; main()"


def folder() -> Path:
    """Where it is; installed there first if it is not yet (about 10 s)."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ipclab"
    which = hashlib.sha256(WANTED.read_bytes() + sys.executable.encode()).hexdigest()[:8]    # its scripts name the Python
    there = cache / f"nbgrader-{which}"
    if not there.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--root-user-action", "ignore", "--target", f"{work}/all", "--requirement", WANTED]
            if subprocess.run(pip).returncode:
                leave_out("nbgrader is not in the cache and could not be installed: is there a network?")
            try:
                os.rename(f"{work}/all", there)
            except OSError:
                if not there.is_dir():               # otherwise somebody else was faster
                    raise
    return there


def python(*args: object, cwd: Path | None = None, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run Python with nbgrader at hand."""
    return subprocess.run([sys.executable, *map(str, args)], cwd=cwd, env=environment(), text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def environment() -> dict[str, str]:
    there = folder()
    return {**os.environ, "PYTHONPATH": str(there), "PATH": f"{there}/bin:{os.environ['PATH']}",
            "JUPYTER_PREFER_ENV_PATH": "1"}
