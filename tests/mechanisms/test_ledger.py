"""Where an object cannot be written into the ledger it is taken away again, for nobody would find it after a kill -9."""

import contextlib
import errno
import os
import resource

import pytest

from ipclab import errors
from ipclab.mechanisms import ledger
from ipclab.mechanisms.fifos import Fifo
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedMemory

MAKERS = {
    "System V semaphore": Semaphore, "POSIX semaphore": PosixSemaphore,
    "System V queue": MessageQueue, "POSIX queue": PosixQueue, "FIFO": Fifo,
    "System V segment": lambda: SharedMemory(8), "POSIX segment": lambda: SharedMemory(8, kind="POSIX"),
}


def descriptors():
    return set(os.listdir("/proc/self/fd"))


def all_there_are():
    with contextlib.suppress(OSError):
        while True:
            yield os.dup(0)


def tried_with(spare, make):
    """What `make` raised with so many descriptors to spare, and what is left then; None if it could be made."""
    make().__exit__()                            # now the ledger's folder is known
    before = descriptors()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, before)) + 10, hard))
    held = list(all_there_are())
    for descriptor in held[:spare]:
        os.close(descriptor)
    try:
        made = make()
    except (OSError, errors.IPCError) as error:
        number = error.errno
    else:
        made.__exit__()
        return None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in held[spare:]:
            os.close(descriptor)
    return number, descriptors() - before, ledger.mine()


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_where_descriptors_run_out_nothing_is_left(make, child):
    outcomes = [child(tried_with, spare, make).result() for spare in range(4)]
    refused = [outcome for outcome in outcomes if outcome]
    assert outcomes[0] and outcomes[3] is None
    assert refused == [(errno.EMFILE, set(), [])] * len(refused)
