"""Other processes for tests of single operations: the mechanisms have to work without `ipclab.processes`, too."""

import os
import pickle
import signal

from ipclab import kernel
from ipclab.mechanisms import _handover

TIME = 30.0          # seconds that a test waits for what must come


class Struck(Exception):
    """What a test's own code raises, and nothing else does."""


class Child:
    """A forked process that runs `function(*args)` and reports what it returned or raised."""

    def __init__(self, function, *args):
        self._answer, report = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._run(report, function, args)
        os.close(report)
        self.status = None

    @staticmethod
    def _run(report, function, args):
        try:
            signal.alarm(int(TIME))              # a child of a test that went wrong ends by itself
            outcome = ("returned", function(*args))
        except BaseException as error:
            outcome = ("raised", error)
        try:
            os.write(report, pickle.dumps(outcome))
        finally:
            os._exit(0)

    def blocked(self, *calls):
        """Return once the child sleeps in one of these system calls."""
        kernel.wait_until_blocked(self.pid, calls, TIME)
        return self

    def kill(self, number=signal.SIGKILL):
        os.kill(self.pid, number)

    def wait(self):
        """Reap it; how it ended, as os.waitstatus_to_exitcode says."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def result(self):
        """What the function returned. Raises what it raised."""
        with open(self._answer, "rb", closefd=False) as file:
            what, value = pickle.loads(file.read())
        assert self.wait() == 0
        if what == "raised":
            raise value
        return value

    def end(self):
        if self.status is None:
            self.kill()
            self.wait()
        os.close(self._answer)


def handed_over(thing):
    """`thing` as another process gets it from `run`: pickled, with its descriptors beside."""
    with _handover.packing() as parcel:
        pickled = pickle.dumps(thing)
    with _handover.unpacking([os.dup(fd) for fd in parcel.descriptors]):
        return pickle.loads(pickled)
