"""The pytest plugin with which nbval grades: one file per submission, one item per graded check.

The notebooks that pytest collects here are made by `run`: the master's checks, each with the master's output, beside
the text of the student's solutions. nbval runs each check cell and compares outputs; its kernel is a `Bench`. Nothing
else of a submission is in these files: no tags, no metadata, no `conftest.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from .lab import Lab  # isort: skip  (before nbformat; see there)

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from . import telling
from .bench import Bench
from .box import Box
from .judge import examine
from .verdict import Verdict

__all__ = ["CheckCell", "GradedNotebook", "assembled"]

OPTIONS = {"skip": False, "check": True, "check_exception": False}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ipclab", "grading")
    group.addoption("--ipclab-report", help="descriptor to which each verdict is written as a line of JSON")
    group.addoption("--ipclab-box", default="{}", help="the box, as JSON")
    group.addoption("--ipclab-hidden", action="append", default=[], help="folder that the box must not show")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> IPyNbFile | None:
    return GradedNotebook.from_parent(parent, path=file_path) if file_path.suffix == ".ipynb" else None


class GradedNotebook(IPyNbFile):
    """One submission's checks."""

    def setup(self) -> None:
        option = self.config.option
        self.setup_sanitize_files()
        self.box = Box(**json.loads(option.ipclab_box))
        self.hidden = tuple(map(Path, option.ipclab_hidden))
        self.kernel = None                   # each check has a bench of its own

    def collect(self) -> Iterator[IPyNbCell]:
        self.nb = nbformat.read(self.path, as_version=4)
        for number, cell in enumerate(self.nb.cells):
            yield CheckCell.from_parent(self, name=cell.metadata.task, cell_num=number, cell=cell, options=OPTIONS)


class CheckCell(IPyNbCell):
    """One graded check. It passes if and only if its output is the master's."""

    def runtest(self) -> None:
        if self.cell.execution_count is None or not self.cell.outputs:
            raise RuntimeError("the master's output is missing, and nbval would compare nothing")
        bench = self.parent.kernel = Bench(self._decided)
        try:
            super().runtest()
        finally:
            self.user_properties.append(("verdict", bench.verdict and bench.verdict.plain()))

    def _decided(self, check: str) -> Verdict:
        about = self.cell.metadata
        return examine(about.task, about.get("solution"), check, self.parent.box, start=about.start,
                       secret=self.parent.nb.metadata.secret, hidden=self.parent.hidden)


def assembled(lab: Lab, solutions: dict[str, str]) -> nbformat.NotebookNode:
    """The notebook that pytest collects for one submission, from the master and the texts of its solutions."""
    right = telling.right("", 0).summary
    output = nbformat.v4.new_output("execute_result", {"text/plain": right}, execution_count=1)
    cells = []
    for check in lab.graded:
        metadata = {"task": check.task, "points": check.points, "start": lab.starts[check.task]}
        if check.task in solutions:
            metadata["solution"] = solutions[check.task]
        cells.append(nbformat.v4.new_code_cell(check.stories, id=f"check-{check.task}", metadata=metadata,
                                               outputs=[output], execution_count=1))
    return nbformat.v4.new_notebook(cells=cells, metadata={"secret": lab.secret})


@pytest.hookimpl
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the process that gathers (under xdist the controller): write the verdict of each check that has run."""
    descriptor = _report_to
    if descriptor is None or (report.when != "call" and report.passed):
        return
    verdict = dict(report.user_properties).get("verdict")
    passed = report.when == "call" and report.outcome == "passed" and not hasattr(report, "wasxfail")
    line = {"file": report.nodeid.split("::")[0], "task": report.nodeid.rsplit("::")[-1], "passed": passed,
            "verdict": verdict, "seconds": round(report.duration, 3),
            "trouble": "" if verdict else str(report.longrepr)[-2000:]}
    os.write(descriptor, json.dumps(line).encode() + b"\n")


_report_to: int | None = None


def pytest_configure(config: pytest.Config) -> None:
    global _report_to
    if config.option.ipclab_report and not hasattr(config, "workerinput"):
        _report_to = int(config.option.ipclab_report)
