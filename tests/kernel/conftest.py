import ctypes
import os
import signal
import traceback

import pytest

NOBODY, PR_SET_DUMPABLE = 65534, 4


@pytest.fixture
def start():
    """`start(function, …)` runs it in a forked child and returns the pid; every child is killed and reaped."""
    pids = []

    def start(function, *args, **options):
        pid = os.fork()
        if pid == 0:
            _run_and_end(function, *args, **options)
        pids.append(pid)
        return pid

    yield start
    for pid in pids:
        end(pid)


def _run_and_end(function, *args, **options):
    status = 1
    try:
        function(*args, **options)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def end(pid):
    """Kill and reap a child, wherever it is; one that has been reaped already is no error."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


@pytest.fixture
def pipe():
    """`pipe()` is os.pipe(); whatever end is still open after the test is closed."""
    ends = []

    def pipe():
        ends.extend(made := os.pipe())
        return made

    yield pipe
    for end in ends:
        try:
            os.close(end)
        except OSError:
            pass


@pytest.fixture
def as_nobody(start, pipe):
    """`as_nobody(function)` runs it as a user without rights, in a child, and returns the text that it returned."""
    def as_nobody(function):
        r, w = pipe()
        start(_answer_as_nobody, function, w)
        os.close(w)
        with os.fdopen(os.dup(r)) as answer:
            return answer.read()

    if os.geteuid() != 0:
        assert not os.environ.get("CI"), "the CI runs as root, so that this test can"
        pytest.skip("only root can become another user")
    return as_nobody


def _answer_as_nobody(function, w):
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1)         # its own /proc entries are its own, as after a login
    os.write(w, function().encode())
