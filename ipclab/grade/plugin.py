"""The pytest plugin with which nbval grades: one file per submission, one item per graded check.

The notebooks that pytest gets here, a line of JSON each, are made by `run`: the master's checks, each with the master's
output, beside the text of the student's solutions. nbval runs each check cell and compares outputs; its kernel is a
`Bench`. Nothing else of a submission is in these notebooks: no tags, no metadata, no `conftest.py`.
"""

from __future__ import annotations

import json
import os
import select
import threading
import time
from collections.abc import Container, Iterator
from pathlib import Path
from .lab import Lab  # isort: skip  (before nbformat; see there)

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from .bench import Bench
from .box import Box
from .judge import Worker, examine
from .verdict import RIGHT, Verdict

__all__ = ["CheckCell", "GradedNotebook", "assembled"]

A_WHILE = 5.0                        # seconds
OPTIONS = {"skip": False, "check": True, "check_exception": False}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ipclab", "grading")
    group.addoption("--ipclab-requests", type=int, help="descriptor from which notebooks come, as lines of JSON")
    group.addoption("--ipclab-answers", type=int, help="descriptor to which each verdict is written as a line of JSON")
    group.addoption("--ipclab-box", default="{}", help="the box, as JSON")
    group.addoption("--ipclab-hidden", action="append", default=[], help="folder that the box must not show")


def pytest_configure(config: pytest.Config) -> None:
    threading.Thread(target=_end_with, args=(config.option.ipclab_requests,), daemon=True).start()
    config.pluginmanager.register(Answers(config.option.ipclab_answers), "answers")


def _end_with(requests: int) -> None:
    """End this process as soon as nobody holds the other end of that pipe, even if whoever did was killed."""
    poll = select.poll()
    poll.register(requests, 0)               # no event but "hung up"
    poll.poll()
    os._exit(0)


class Answers:
    """Writes a line of JSON for each check that was judged."""

    def __init__(self, descriptor: int):
        self._file = open(descriptor, "wb", closefd=False)

    def say(self, **what: object) -> None:
        self._file.write(json.dumps(what).encode() + b"\n")
        self._file.flush()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.when == "setup" and report.failed:
            verdict = dict(report.user_properties).get("verdict")
            passed = report.when == "call" and report.outcome == "passed" and not hasattr(report, "wasxfail")
            self.say(task=report.nodeid.rsplit("::")[-1], passed=passed, verdict=verdict,
                     seconds=round(report.duration, 3), trouble="" if verdict else str(report.longrepr)[-2000:])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge the notebooks that come in, instead of what was collected when pytest began."""
    answers, reporter = map(session.config.pluginmanager.get_plugin, ("answers", "terminalreporter"))
    for number, line in enumerate(open(session.config.option.ipclab_requests, "rb", closefd=False)):
        notebook = GradedNotebook.from_parent(session, path=session.path / f"{number}.ipynb")
        notebook.nb = nbformat.from_dict(json.loads(line))
        items = list(notebook.collect())
        for item, following in zip(items, [*items[1:], None]):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        reporter.stats.clear()               # or it would grow for ever
        answers.say(end=True)
    return True


class GradedNotebook(IPyNbFile):
    """One submission's checks."""

    def setup(self) -> None:
        option = self.config.option
        self.setup_sanitize_files()
        self.box = Box(**json.loads(option.ipclab_box))
        self.hidden = tuple(map(Path, option.ipclab_hidden))
        self.kernel = None                   # each check has a bench of its own
        self._worker, self._since = None, 0.0

    def teardown(self) -> None:
        self._end_worker()

    def _end_worker(self) -> None:
        if self._worker:
            self._worker.__exit__()
        self._worker = None

    def decided(self, cell: nbformat.NotebookNode, check: str) -> Verdict:
        """The verdict on one check, in the box of the checks before it if all of them were right.

        Starting a box takes longer than a small check. What goes wrong takes its box with it, so that it can spoil no
        other check; and so does what took long, since in its box a worker's processor time is limited, too.
        """
        about = cell.metadata
        if not self._worker:
            self._worker, self._since = Worker(self.box, self.hidden), time.monotonic()
        verdict = examine(about.task, about.get("solution"), check, self.box, start=about.start,
                          secret=self.nb.metadata.secret, hidden=self.hidden, worker=self._worker)
        if not verdict.right or verdict.left or time.monotonic() - self._since > A_WHILE:
            self._end_worker()
        return verdict

    def collect(self) -> Iterator[IPyNbCell]:
        for number, cell in enumerate(self.nb.cells):
            yield CheckCell.from_parent(self, name=cell.metadata.task, cell_num=number, cell=cell, options=OPTIONS)


class CheckCell(IPyNbCell):
    """One graded check. It passes if and only if its output is the master's."""

    def runtest(self) -> None:
        if self.cell.execution_count is None or not self.cell.outputs:
            raise RuntimeError("the master's output is missing, and nbval would compare nothing")
        bench = self.parent.kernel = Bench(lambda check: self.parent.decided(self.cell, check))
        try:
            super().runtest()
        finally:
            self.user_properties.append(("verdict", bench.verdict and bench.verdict.plain()))


def assembled(lab: Lab, solutions: dict[str, str], tasks: Container[str]) -> nbformat.NotebookNode:
    """What pytest gets of one submission: the master's checks of these tasks, and the texts of their solutions."""
    output = nbformat.v4.new_output("execute_result", {"text/plain": RIGHT}, execution_count=1)
    cells = []
    for check in (check for check in lab.graded if check.task in tasks):
        metadata = {"task": check.task, "points": check.points, "start": lab.starts[check.task]}
        if check.task in solutions:
            metadata["solution"] = solutions[check.task]
        cells.append(nbformat.v4.new_code_cell(check.stories, id=f"check-{check.task}", metadata=metadata,
                                               outputs=[output], execution_count=1))
    return nbformat.v4.new_notebook(cells=cells, metadata={"secret": lab.secret})
