"""Run the engine's tests on every Python from 3.11 on that this machine has: `make versions`.

    python tests/versions.py                # all of them
    python tests/versions.py 3.13           # only those whose version begins so
    python tests/versions.py 3.13 -- -x tests/kernel      # what stands after -- goes to pytest

Each gets an environment of its own, with the pinned requirements, in a cache folder; it is made once.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST = (3, 11)
ROOMS = ["tests/mechanisms", "tests/processes", "tests/kernel", "tests/draw", "tests/explore",
         *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("test_*.py"))]
NAME = re.compile(r"python3(\.\d+)?")
ASK = "import json, sys; print(json.dumps([sys.implementation.name, *sys.version_info[:3], sys._base_executable]))"


def pythons(folders: Iterable[Path], oldest: tuple[int, int] = OLDEST) -> dict[str, str]:
    """Version → interpreter, of each CPython from `oldest` on among `folders`; the first found of each version."""
    found: dict[str, str] = {}
    named = (path for folder in folders for path in sorted(folder.glob("python3*")) if NAME.fullmatch(path.name))
    for candidate in {path.resolve(): path for path in named}.values():
        answer = _answer(candidate)
        if answer and answer[0] == "cpython" and tuple(answer[1:3]) >= oldest:
            found.setdefault("{}.{}.{}".format(*answer[1:4]), answer[4])
    return dict(sorted(found.items(), key=lambda item: [int(number) for number in item[0].split(".")]))


def _answer(candidate: Path) -> list | None:
    try:
        said = subprocess.run([candidate, "-I", "-c", ASK], capture_output=True, timeout=30, cwd="/")
        return json.loads(said.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None                          # no interpreter, or a stand-in for one that is not installed


def folders() -> Iterator[Path]:
    """Where interpreters are: PATH, and what pyenv, uv and asdf installed; shims only lead to those, and slowly."""
    yield from (path for path in map(Path, os.get_exec_path()) if path.name != "shims")
    home = Path.home()
    for versions in (Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions",
                     home / ".local/share/uv/python", home / ".asdf/installs/python"):
        yield from sorted(versions.glob("*/bin"))


def environment(version: str, python: str) -> Path:
    """The interpreter of an environment for it, with all that is pinned."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    venv = cache / "ipclab" / f"python-{version}"
    venv.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([ROOT / "setup.sh"], check=True, env=os.environ | {"VENV": str(venv), "PYTHON": python})
    return venv / "bin" / "python"


def main(arguments: list[str]) -> int:
    chosen, _, more = " ".join(arguments).partition("--")
    found = {v: p for v, p in pythons(folders()).items() if v.startswith(tuple(chosen.split() or [""]))}
    failed = []
    for version, python in found.items():
        print(f"== Python {version} ({python})", flush=True)
        interpreter = environment(version, python)
        path = f"{interpreter.parent}{os.pathsep}{os.environ['PATH']}"
        if subprocess.run([interpreter, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile",
                           *(more.split() or ROOMS)], cwd=ROOT, env=os.environ | {"PATH": path}).returncode:
            failed.append(version)
    print(f"passed on: {', '.join(v for v in found if v not in failed) or 'none'}"
          + (f"; FAILED on: {', '.join(failed)}" if failed else ""))
    return bool(failed) or not found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
