"""A JupyterLab of its own for browser tests: a temporary home, a free port on this machine, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from building import lightly

__all__ = ["opened", "run_all", "served"]

SETTINGS = {
    "notebook-extension/tracker": '{"windowingMode": "none"}',      # else cells off the screen are not in the page
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}
START, IDLE = 120.0, 120_000                             # seconds, milliseconds: generous, for a loaded machine


@contextmanager
def served(folder: Path, home: Path) -> Iterator[str]:
    """The address of a JupyterLab that shows `folder`. Its settings, trust and kernels live in `home` and end here."""
    for name, text in SETTINGS.items():
        path = home / f"config/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"),
                                "JUPYTER_DATA_DIR": str(home / "data"), "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                                "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [*lightly("jupyter-lab"), "--no-browser", "--allow-root", f"--ServerApp.port={port}",
               "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
               f"--ServerApp.root_dir={folder}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _answering(f"http://127.0.0.1:{port}", server, home / "log")
    finally:
        server.send_signal(signal.SIGTERM)               # it ends its kernels; then whatever is left of its session
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _answering(address: str, server: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + START
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            return address
        except OSError:
            time.sleep(0.1)                              # a poll of somebody else's server: no handshake exists
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def opened(page, address: str, notebook: str) -> None:
    """Open `notebook` and wait until its kernel is ready."""
    page.goto(f"{address}/lab/tree/{notebook}")
    page.locator(".jp-CodeCell").first.wait_for(timeout=IDLE)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=IDLE)
    page.get_by_text("| Idle").wait_for(timeout=IDLE)


def run_all(page) -> None:
    """Run every cell, and wait until each has its number."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('[data-command="runmenu:run-all"]').click()
    page.wait_for_function(
        r"[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => /\[\d+\]/.test(p.textContent))",
        timeout=IDLE)
