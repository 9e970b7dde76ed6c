"""The system's Chromium for tests: offline, without a window, and strict about what a page asks for or complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
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


class Window:
    """A window for one page after the other. None may ask for something outside or complain on the console."""

    def __init__(self, browser, *, height: int = 800, javascript: bool = True, warnings: bool = True):
        self.height = height
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.levels = ("error", "warning") if warnings else ("error",)     # JupyterLab warns that a machine is slow
        self.context = browser.new_context(java_script_enabled=javascript, reduced_motion="reduce")
        self.context.set_default_timeout(10_000)
        self.context.on("request", self._note)
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, request) -> None:
        if not request.url.startswith(INSIDE):          # it does not get there: see ARGUMENTS
            self.outside.append(request.url)

    def _listen(self, message) -> None:
        if message.type in self.levels:
            self.complaints.append(message.text)

    def open(self, where: str | Path, width: int = 1000, dark: bool = False):
        """Show this page; playwright's Page."""
        self.page.set_viewport_size({"width": width, "height": self.height})
        self.page.emulate_media(media="screen", color_scheme="dark" if dark else "light")
        self.page.goto(where.resolve().as_uri() if isinstance(where, Path) else where)
        return self.page

    def leave(self) -> None:
        """Close the page; fail if it asked or complained."""
        outside, complaints = self.outside[:], self.complaints[:]
        self.page.goto("about:blank")
        self.outside.clear()
        self.complaints.clear()
        assert not outside, f"asked for something outside: {outside}"
        assert not complaints, f"complaints on the console: {complaints}"
