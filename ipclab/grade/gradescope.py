"""Gradescope: an autograder archive for a lab, and what its `run_autograder` runs there.

Gradescope unpacks the archive into /autograder/source, runs `setup.sh` once, and for each submission starts a container
of its own in which it runs `run_autograder`: the files are in /autograder/submission, and results are expected in
/autograder/results/results.json. (Gradescope's documentation: "Autograder Specifications".)
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import errors
from . import lab as labs
from .journal import PACKAGE, Journal
from .report import UNSAFE, atomically
from .run import Result, Run, grade

__all__ = ["archive", "main", "results"]

SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: bubblewrap for the box, and a Python of this autograder's own.
set -euo pipefail
source=${AUTOGRADER_ROOT:-/autograder}/source
export DEBIAN_FRONTEND=noninteractive
recent() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
choose() { for python in python3.13 python3.12 python3.11 python3; do recent "$python" && return; done; return 1; }
command -v bwrap >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends bubblewrap; }
choose || { apt-get update -qq; apt-get install -y -qq python3.11 python3.11-venv; choose; }
"$python" -m venv "$source/venv"
"$source/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$source/requirements.txt"
echo "$source" > "$("$source/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ipclab.pth"
chmod 700 "$source"
"""
RUN = """#!/usr/bin/env bash
# Runs for each submission.
root=${AUTOGRADER_ROOT:-/autograder}
export IPCLAB_LABS=$root/source/labs
cd / && exec "${IPCLAB_PYTHON:-$root/source/venv/bin/python}" -m ipclab.grade.gradescope "$root"
"""


def archive(lab: labs.Lab, out: Path, unsafe: bool = False) -> None:
    """Write the archive of the lab: this `ipclab`, the lab's master, the packages that are needed, and two scripts."""
    about = json.dumps({"lab": lab.name, "unsafe": unsafe})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text, mode in (("setup.sh", SETUP, 0o755), ("run_autograder", RUN, 0o755), ("about.json", about, 0o644),
                                 ("requirements.txt", "".join(sorted(_pinned("ipclab"))), 0o644)):
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100000 | mode) << 16
            file.writestr(info, text)
        for path in sorted(PACKAGE.rglob("*")):
            if path.suffix in {".py", ".js", ".css", ".html"}:
                file.write(path, f"ipclab/{path.relative_to(PACKAGE)}")
        file.write(lab.folder / "master.md", f"labs/{lab.name}/master.md")


def _pinned(package: str, seen: set[str] | None = None) -> Iterator[str]:
    """What `package` needs, and what that needs, in the versions that are installed here."""
    from packaging.requirements import Requirement
    seen = set() if seen is None else seen
    for text in importlib.metadata.requires(package) or ():
        wanted = Requirement(text)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name not in seen and (not wanted.marker or wanted.marker.evaluate({"extra": ""})):
            seen.add(name)
            yield f"{name}=={importlib.metadata.version(name)}\n"
            yield from _pinned(name, seen)


def main(root: Path) -> None:
    """Judge what lies in `root`/submission and write `root`/results/results.json."""
    start = time.monotonic()
    try:
        about = json.loads((root / "source" / "about.json").read_text())
        found = results(_graded(labs.load(about["lab"]), root / "submission", about["unsafe"]))
    except (errors.IPCError, errors.NotInstalled) as error:
        found = {"score": 0, "output": str(error)}
    found["execution_time"] = round(time.monotonic() - start)
    (root / "results").mkdir(exist_ok=True)
    atomically(root / "results" / "results.json", json.dumps(found, indent=1))


def _graded(lab: labs.Lab, submission: Path, unsafe: bool) -> Run:
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(submission, Path(work) / "in" / "you", symlinks=True)        # links stay links, and are not followed
        with Journal(Path(work) / "journal.jsonl") as journal:
            return grade(lab, Path(work) / "in", journal, jobs=os.cpu_count() or 1, unsafe=unsafe)


def results(run: Run) -> dict[str, Any]:
    """A graded submission in Gradescope's words: a test for each check, which the student sees."""
    result = run.results[0]
    notes = [result.submission.problem, *result.submission.notes, "" if run.box.safe else UNSAFE]
    return {"score": result.total, "output": "\n".join(filter(None, notes)), "output_format": "text",
            "visibility": "visible", "stdout_visibility": "hidden", "tests": _tests(result)}


def _tests(result: Result) -> list[dict[str, Any]]:
    return [{
        "name": check.verdict.task, "score": check.points, "max_score": check.most,
        "status": "passed" if check.verdict.right else "failed", "output_format": "text",
        "output": check.verdict.sentence + (f"\nRead again: “{check.verdict.section}”."
                                            if check.verdict.section and not check.verdict.right else ""),
    } for check in result.checks]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
