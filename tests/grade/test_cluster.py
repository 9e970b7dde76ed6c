"""Beyond one machine: a Dask cluster judges, here of two workers, of which one is killed."""

import contextlib
import json
import signal
import subprocess
import sys

import psutil
import pytest

from .test_scale import COMMAND, MARK, entries, environment, grade, hand_in, lab, of_this_run, rows, until  # noqa: F401


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, as they are started by hand; and the workers' processes."""
    file = tmp_path / "scheduler.json"
    # Nothing on the way to a machine's own network may answer: all listen here alone.
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", file], [sys.executable, "-m", "distributed.cli.dask_worker", "--host", "127.0.0.1",
             "--no-dashboard", "--no-nanny", "--nthreads", "1", "--scheduler-file", file]
    with contextlib.ExitStack() as stack:
        processes = []
        for command in (start[0], start[1], start[1]):
            process = subprocess.Popen(command, env=environment(**{MARK: tmp_path.name}), cwd=tmp_path,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            processes.append(process)
        until(lambda: file.exists() and file.read_text(), processes[0])
        yield json.loads(file.read_text())["address"], processes[1:]
    psutil.wait_procs(of_this_run(tmp_path.name), timeout=10)
    assert of_this_run(tmp_path.name) == []


def busy(worker):
    """Whether it has an engine of its own, that is, judges."""
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(worker.pid).children())
    return False


def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path, cluster, lab, hand_in):     # noqa: F811
    address, workers = cluster
    for n in range(4):
        hand_in(tmp_path / "in", f"s{n}", **{task: f"{text}\n# {n}" for task, text in lab.solutions.items()})
    grading = subprocess.Popen([*COMMAND, tmp_path / "in", "--out", tmp_path / "out", "--dask", address],
                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    journal = tmp_path / "out" / "journal.jsonl"
    until(lambda: journal.exists() and entries(tmp_path / "out") and all(map(busy, workers)), grading)
    workers[0].send_signal(signal.SIGKILL)
    said, _ = grading.communicate(timeout=600)
    assert grading.returncode == 0, said
    assert [row["total"] for row in rows(tmp_path / "out" / "grades.csv")] == ["3"] * 4
    assert len(entries(tmp_path / "out")) == 8 == len({entry["key"] for entry in entries(tmp_path / "out")})


def test_an_address_where_nobody_is_says_what_to_do(tmp_path, hand_in):                        # noqa: F811
    hand_in(tmp_path / "in", "a")
    done = grade(tmp_path / "in", tmp_path / "out", "--dask", "not an address")
    assert done.returncode == 2 and "`dask scheduler` starts one" in done.stderr and "Traceback" not in done.stderr
