"""In a real Jupyter kernel: cells without files, threads that are there, Ctrl-C by the button, and its sudden death."""

import contextlib
import os
import select

import pytest
from jupyter_client import KernelManager

from ipclab import kernel as says
from ipclab.processes import sweep
from ipclab.processes._tree import descendants

WAITS = """
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.processes import process, run, start
never = Semaphore(0)
with start(process(never.P, name="waiter"), deadline=600) as running:
    print(running.pids["waiter"], flush=True)
    running.wait()
"""


@pytest.fixture
def kernel():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()
    manager.context.destroy()
    sweep()                                                # what it owned, as it was killed


def execute(client, code):
    """What the cell printed, and its error's traceback."""
    printed = []

    def hear(message):
        printed.append(message["content"].get("text", ""))

    reply = client.execute_interactive(code, output_hook=hear, timeout=60)
    return "".join(printed), reply["content"]


@pytest.mark.session_wide
def test_a_cell_runs_its_functions(kernel):
    text, reply = execute(kernel[1], """
factor = 3
def helper(x):
    return x * factor
def child(x):
    print(helper(x), flush=True)
    return 1 / (x - 2)
from ipclab.processes import process, run
result = run(process(child, 1), process(child, 2))
print(result["child-1"].value, *[p.text for p in result.printed], result["child-2"].traceback)
""")
    assert reply["status"] == "ok"
    assert text.startswith("-1.0 ") and "3\n" in text and "6\n" in text
    assert "line 6, in child\n    return 1 / (x - 2)\n" in text


@pytest.mark.session_wide
def test_the_stop_button_ends_the_run_and_the_kernel_goes_on(kernel):
    manager, client = kernel
    waiter = _waiter(client)
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=60))["msg_type"] != "execute_reply":
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert not os.path.exists(f"/proc/{waiter}")
    text, reply = execute(client, "print(run(print).ok)")
    assert (text, reply["status"]) == ("True\n", "ok"), reply


@pytest.mark.session_wide
def test_nothing_stays_when_the_kernel_is_killed(kernel):
    manager, client = kernel
    waiter = _waiter(client)
    below = descendants(manager.provisioner.process.pid)
    assert waiter in below and len(below) >= 3
    watched = _watched(below)
    assert waiter in watched
    manager.provisioner.process.kill()
    for descriptor in watched.values():
        assert select.select([descriptor], [], [], 10)[0]
        os.close(descriptor)
    assert "sysv sem" in [entry.kind for entry in sweep()]  # its semaphore outlived it, and is gone now


def _watched(pids):
    """A descriptor of each that is still there: a process in waiting that the run did not need ends by itself."""
    watched = {}
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            watched[pid] = os.pidfd_open(pid)
    return watched


def _waiter(client):
    client.execute(WAITS, stop_on_error=False)             # or the kernel may throw the next cell away
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "stream":
            pid = int(message["content"]["text"])
            says.wait_until_blocked(pid, ("semop", "semtimedop"))
            return pid
