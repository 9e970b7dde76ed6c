"""The book, built once for all tests that look at it; and small books for tests of the build itself."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
MARK = "IPCLAB_TEST_BUILD"
# What jsonschema imports for web addresses builds their grammar, each time, for 2 s; no notebook needs it.
LIGHTLY = ("import runpy, sys; sys.modules['rfc3987_syntax'] = None; del sys.argv[0]; "
           "runpy.run_path(sys.argv[0], run_name='__main__')")


def lightly(program: str) -> list[str]:
    """The words that start one of the environment's programs 2 s faster."""
    return [sys.executable, "-c", LIGHTLY, str(Path(sys.executable).with_name(program))]


@dataclass(frozen=True)
class Built:
    """A build: its exit status, what it said, and the folder of its pages."""

    status: int
    said: str
    html: Path
    left: tuple[str, ...]                   # processes of the build that are still there

    @property
    def pages(self) -> list[Path]:
        return [p for p in sorted(self.html.rglob("*.html")) if "_static" not in p.parts]


def build(source: Path, out: Path, config: Path = ROOT / "_config.yml") -> Built:
    """What `make book` does: this repository's configuration, warnings are errors, references are checked."""
    mark = uuid.uuid4().hex
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1",
               "JUPYTER_PREFER_ENV_PATH": "1", MARK: mark}
    ran = subprocess.run([*lightly("jupyter-book"), "build", source, "--config", config, "--path-output", out,
                          "-W", "-n", "--keep-going"], env=environ, text=True, timeout=900,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return Built(ran.returncode, ran.stdout, out / "_build/html", tuple(_left(mark)))


def _left(mark: str) -> list[str]:
    """Whoever has the build's mark in the environment was started by it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.pid != os.getpid():
                found.append(f"{process.pid} {' '.join(process.cmdline())[:100]}")
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Built:
    """The whole book; parallel test processes share one build."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    folder = folder / "book"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "said"
        if not done.exists():
            built = build(ROOT / "book", folder)
            assert built.status == 0, built.said[-4000:]
            done.write_text("\n".join([*built.left, built.said]))
            (folder / "left").write_text("\n".join(built.left))
    left = tuple((folder / "left").read_text().splitlines())
    return Built(0, done.read_text(), folder / "_build/html", left)
