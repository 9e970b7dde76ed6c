"""One Chromium for the tests of a file; every page is left after its test and must not have asked or complained."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from chromium import Window, launched, leave_out

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("session_wide")     # the browser comes and goes with processes of its own


@pytest.fixture(scope="module")
def chromium():
    before = _processes()
    with launched() as browser:
        yield browser
    _, left = psutil.wait_procs(_processes() - before, timeout=10)
    assert not left, f"the browser left processes behind: {left}"


def _processes() -> set[psutil.Process]:
    """Ours, without the warm zygote of `ipclab.processes`, which is kept for the whole session on purpose."""
    return {p for p in psutil.Process().children(recursive=True) if "ipclab.processes" not in " ".join(_command(p))}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture(scope="module")
def window(chromium):
    """`window(height=…, javascript=…, warnings=…)`: one such for all tests of a file, as a new one costs more than a page."""
    made = {}

    def such(**options) -> Window:
        key = tuple(sorted(options.items()))
        if key not in made:
            made[key] = Window(chromium, **options)
        return made[key]

    yield such
    for one in made.values():
        one.context.close()


@pytest.fixture
def visit(window):
    """`visit(path or url, width=…, dark=…, and what `window` takes)` opens a page and returns playwright's Page."""
    used = []

    def go(where: str | Path, width: int = 1000, dark: bool = False, **options):
        used.append(window(**options))
        return used[-1].open(where, width, dark)

    yield go
    for one in used:
        one.leave()


@pytest.fixture(scope="session")
def accessible():
    """`accessible(page)` fails with axe's report if axe finds anything; `only`: of these rules, `but` not of those,
    `within`: the elements for which this selector stands."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        leave_out("axe is not installed: pip install axe-playwright-python")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page, only: tuple[str, ...] = (), but: tuple[str, ...] = (), within: str | None = None) -> None:
        # No style sheets by script; and what passed need not be retold, which takes most of the time.
        options = {"runOnly": {"type": "rule", "values": only} if only else rules, "preload": False,
                   "rules": {rule: {"enabled": False} for rule in but}, "resultTypes": ["violations"]}
        found = Axe().run(page, within, options)
        assert found.violations_count == 0, found.generate_report()

    return check
