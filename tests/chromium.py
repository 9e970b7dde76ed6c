"""The system's Chromium for tests: offline, without a window, and strict about what a page asks for or complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]
INSIDE = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:", "ws://127.0.0.1:")


def leave_out(reason: str) -> None:
    """A machine without the tool leaves the test out and says so; CI, which must prove everything, fails it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI leaves nothing out)", pytrace=False)
    pytest.skip(reason)


def executable() -> str:
    """The browser's path; leaves the calling test out if there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or leave_out("no Chromium on this machine: install the package chromium")


@contextmanager
def launched() -> Iterator:
    """A running browser (playwright's Browser), ended at the end of the with block."""
    path = executable()
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One page in a window of its own. `outside` and `complaints` must be empty at the end."""

    def __init__(self, browser, *, width: int = 1000, height: int = 800, dark: bool = False, javascript: bool = True,
                 warnings: bool = True):
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.levels = ("error", "warning") if warnings else ("error",)     # JupyterLab warns that a machine is slow
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
            java_script_enabled=javascript, reduced_motion="reduce")
        self.context.set_default_timeout(10_000)
        self.context.route("**/*", self._decide)
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _decide(self, route) -> None:
        if route.request.url.startswith(INSIDE):
            return route.continue_()
        self.outside.append(route.request.url)
        route.abort()

    def _listen(self, message) -> None:
        if message.type in self.levels:
            self.complaints.append(message.text)

    def close(self) -> None:
        self.context.close()
        assert not self.outside, f"asked for something outside: {self.outside}"
        assert not self.complaints, f"complaints on the console: {self.complaints}"
