"""What is made is in the ledger at every moment, or is not made: nobody would find it after a kill -9."""

import contextlib
import errno
import itertools
import os
import resource
import signal
from pathlib import Path

import posix_ipc
import pytest
import sysv_ipc
from forked import Struck
from killing import was_killed

from ipclab import errors
from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.fifos import Fifo
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedMemory
from ipclab.mechanisms.sockets import DatagramSocket, listen

FILES = str(Path(ledger.__file__).parent)
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


@pytest.mark.parametrize("make", [*MAKERS.values(), listen, DatagramSocket], ids=[*MAKERS, "listener", "datagrams"])
def test_wherever_its_maker_is_killed_a_sweep_finds_it(make):
    """That nothing is left is what the fixture of all tests looks at, but for the files in the ledgers' folder."""
    removed = []
    for number in itertools.count():
        if not was_killed(lambda: make().remove(), FILES, number):
            break
        removed += leftovers.sweep()
        assert os.listdir(ledger.folder()) == []
    assert number > 10 and len(removed) > 1


@pytest.mark.parametrize("raised", [Struck, FileExistsError, sysv_ipc.ExistentialError, posix_ipc.ExistentialError])
def test_what_a_handler_raises_just_after_it_was_made_takes_it_away(raised):
    """The handler is this file's code, as it would be in a program."""
    name, key = ledger.drawn_name(), ledger.drawn_key()
    with pytest.raises(raised), ledger.making("posix sem", name):
        posix_ipc.Semaphore(name, posix_ipc.O_CREX).close()
        raise raised
    with pytest.raises(raised), ledger.making("sysv sem", key):
        sysv_ipc.Semaphore(key, sysv_ipc.IPC_CREX)
        raise raised
    assert ledger.mine() == []


class Existing(sysv_ipc.ExistentialError, posix_ipc.ExistentialError, FileExistsError):
    """What could be taken for a call's own error in any of the mechanisms."""


@pytest.mark.parametrize("raised", [Existing, ValueError, PermissionError])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_what_a_handler_raises_while_something_is_made_comes_out_as_it_is(make, raised, monkeypatch, on_signal):
    def strikes(*_):
        raise raised("struck")

    def claimed(*arguments):                     # the last thing before the call: as if the signal came there
        claim(*arguments)
        signal.raise_signal(signal.SIGUSR1)

    claim = ledger.claim
    on_signal(strikes)
    monkeypatch.setattr(ledger, "claim", claimed)
    with pytest.raises(raised, match="^struck$") as told:
        make()
    assert type(told.value) is raised
    monkeypatch.undo()
    for entry in ledger.mine():                  # what is in the ledger and was never made goes when the process ends
        leftovers.remove(entry)
        ledger.release(entry.kind, entry.name)


def test_a_path_where_somebody_else_made_a_file_since_is_left_alone(child):
    def made(kind):
        path = getattr(kind(), "path", None) or ledger.mine()[-1].name
        os.unlink(path)
        Path(path).write_text("theirs")
        os.kill(os.getpid(), signal.SIGKILL)

    for kind in (Fifo, listen):
        maker = child(made, kind)
        assert maker.wait() == -signal.SIGKILL
        assert leftovers.sweep() == []
    theirs = [path for path in ledger.folder().iterdir() if path.read_text() == "theirs"]
    for path in theirs:
        path.unlink()
    assert len(theirs) == 2


def test_a_ledger_that_cannot_be_written_is_what_the_error_is_about(tmp_path, monkeypatch, child):
    tmp_path.chmod(0o777)
    monkeypatch.setenv("IPCLAB_LEDGERS", str(tmp_path))
    for make in MAKERS.values():
        with pytest.raises((errors.IPCError, PermissionError), match="only you can write to.*set IPCLAB_LEDGERS"):
            child(make).result()


@pytest.mark.parametrize("make, kind", [(Semaphore, sysv_ipc.Semaphore), (MessageQueue, sysv_ipc.MessageQueue),
                                        (lambda: SharedMemory(8), sysv_ipc.SharedMemory)])
def test_a_key_that_somebody_has_is_left_alone_and_another_one_drawn(make, kind, monkeypatch):
    theirs, free = kind(None, sysv_ipc.IPC_CREX), ledger.drawn_key()
    try:
        keys = iter([theirs.key, theirs.key, free])
        monkeypatch.setattr(ledger, "drawn_key", lambda: next(keys))
        with make() as mine:
            assert [entry.name for entry in ledger.mine()] == [str(free)] and mine.id != theirs.id
        assert ledger.mine() == []
    finally:
        theirs.remove()                          # it is still there
        getattr(theirs, "detach", int)()
