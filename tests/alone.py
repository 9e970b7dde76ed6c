"""Tests marked `alone` run in a forked child, whose only thread is theirs (a plugin that tests/conftest.py loads).

A test runner has threads of its own. A signal that the main thread has blocked goes to one of those, which ends the
runner or hides what the test wants to see; and what forks this process must find one thread only.
"""

import contextlib
import os
import signal
import traceback

import pytest

PIPE_HOLDS = 60_000
BACKSTOP = 300                       # seconds after which a test that hangs is ended


def pytest_pyfunc_call(pyfuncitem):
    if pyfuncitem.get_closest_marker("alone") is None:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    answer, report = os.pipe()
    pid = os.fork()
    if pid == 0:
        _in_the_child(report, pyfuncitem.obj, arguments)
    os.close(report)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)          # what a test that failed half-way had started
    with open(answer) as file:
        said = file.read()
    if said or status:
        pytest.fail(said or f"the test's process ended with {status}", pytrace=False)
    return True


def _in_the_child(report: int, function, arguments: dict) -> None:
    try:
        os.setpgid(0, 0)
        signal.alarm(BACKSTOP)
        before = _signals()
        function(**arguments)
        assert _signals() == before, "every test leaves dispositions, mask and pending signals as they were"
    except BaseException:
        os.write(report, traceback.format_exc().encode()[-PIPE_HOLDS:])
        os._exit(1)
    os._exit(0)


def _signals() -> tuple:
    return (signal.pthread_sigmask(signal.SIG_BLOCK, ()), signal.sigpending(),
            {number: signal.getsignal(number) for number in signal.valid_signals()})
