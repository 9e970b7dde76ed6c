"""What grading costs beyond the checks' own work, beside nbgrader: the same trivial lab, the same two cores.

    python tests/bench/bench_grading.py

Both grade a few submissions and then many; what each further one took is the difference by their number, so that the
start of a command counts for neither. The two take turns, and the medians are compared, so that whatever else the machine
does meets both. The checks' own work is measured in a box that is there already. nbgrader's is its asserts, which
take no time to speak of and are counted as none. nbgrader is installed once, into a folder of the user's cache.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["IPCLAB_LABS"] = str(Path(__file__).parents[2] / "book" / "programs" / "instructors")

import beside_nbgrader as nbgrader  # noqa: E402
from ipclab.grade import lab as labs  # noqa: E402
from ipclab.grade import steps  # noqa: E402
from ipclab.grade.box import best  # noqa: E402
from ipclab.grade.judge import Worker, examine  # noqa: E402

BOUND, FEW, MANY, ROUNDS, CORES = 0.25, 2, 14, 3, 2
ASSERTS = {"bell": "bell = Bell()\nbell.on_ring(10, None)\nassert bell.rings == 1", "soup": "assert cook(3) == 3"}


def ours(lab: labs.Lab, folder: Path, number: int) -> Callable[[], None]:
    """Grade that many different submissions anew."""
    submissions = folder / f"in{number}"
    submissions.mkdir()
    for n in range(number):
        notebook = json.loads(steps.as_text(steps.for_students(lab.master)))
        _fill(notebook, lambda task: f"%%task {task}{lab.solutions[task]}\n# {n}")
        (submissions / f"s{n}.ipynb").write_text(json.dumps(notebook))
    command = [sys.executable, "-m", "ipclab.cli", "grade", lab.name, submissions, "--out", folder / f"out{number}",
               "--jobs", str(CORES), "--again"]
    return lambda: _quietly(command, folder, dict(os.environ))


def theirs(lab: labs.Lab, folder: Path, number: int) -> Callable[[], None]:
    """The same with nbgrader: the same solutions, and checks that assert."""
    course = folder / f"course{number}"
    notebook = steps.for_students(lab.master)
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    notebook = json.loads(steps.as_text(notebook))
    for cell in notebook["cells"]:
        role, _, task = cell["id"].partition("-")
        cell["source"] = ASSERTS[task] if role == "check" else lab.solutions[task]
    run = [sys.executable, "-c", nbgrader.CODE]
    for where in ("source/week1", *(f"submitted/s{n}/week1" for n in range(number))):
        (course / where).mkdir(parents=True)
        (course / where / "doorbell.ipynb").write_text(json.dumps(notebook))
    _quietly([*run, "generate_assignment", "week1", "--create"], course, nbgrader.environment())
    return lambda: _quietly([*run, "autograde", "week1", "--create", "--force"], course, nbgrader.environment())


def _fill(notebook: dict, text: Callable[[str], str]) -> None:
    for cell in notebook["cells"]:
        if cell["metadata"]["lab"]["role"] == "task":
            cell["source"] = text(cell["metadata"]["lab"]["task"])


def _quietly(command: list, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout[-2000:]}")


def own_work(lab: labs.Lab) -> Callable[[], None]:
    """One submission's checks, in a box that is there already."""
    worker = Worker(best()).__enter__()

    def checks() -> None:
        for check in lab.graded:
            verdict = examine(check.task, lab.solutions[check.task], check.stories, best(), secret=lab.secret, worker=worker)
            assert verdict.right, verdict
    checks()
    return checks


def seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    lab = labs.load("doorbell")
    with tempfile.TemporaryDirectory() as folder:
        sides = {"ipclab": ours, "nbgrader": theirs}
        runs = {(side, number): make(lab, Path(folder), number) for side, make in sides.items() for number in (FEW, MANY)}
        checks = own_work(lab)
        taken: dict[str, list[float]] = {side: [] for side in (*sides, "own")}
        for _ in range(ROUNDS):
            for side in sides:
                few, many = (seconds(runs[side, number]) for number in (FEW, MANY))
                taken[side].append((many - few) / (MANY - FEW))
            taken["own"].append(seconds(checks) / CORES)      # as many at a time as there are cores
    each = {side: statistics.median(times) for side, times in taken.items()}
    overhead = each["ipclab"] - each["own"]
    ratio = overhead / each["nbgrader"]
    print(f"nbgrader, each submission      {each['nbgrader']:.3f} s")
    print(f"ipclab, each submission        {each['ipclab']:.3f} s, of which the checks' own work {each['own']:.3f} s")
    print(f"overhead of ipclab             {overhead:.3f} s: {ratio:.2f} of nbgrader's (bound {BOUND})")
    return ratio > BOUND


if __name__ == "__main__":
    sys.exit(main())
