import faulthandler
import gc
import mmap
import os
import pickle
import signal
import struct

import pytest
from forked import handed_over

from ipclab import errors, gate
from ipclab.mechanisms import _handover, ledger, leftovers
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedArray, SharedInteger, SharedMemory
from ipclab.trace import Object, Trace

KINDS = ["System V", "POSIX", "nameless", "anonymous"]
NAMED = ["System V", "POSIX"]
each = pytest.mark.parametrize("kind", KINDS)
named = pytest.mark.parametrize("kind", NAMED)


# Bytes

@each
def test_memory_is_zero_at_first_and_as_large_as_asked(kind):
    with SharedMemory(10_000, kind=kind) as memory:
        assert bytes(memory.view) == bytes(10_000) and memory.size == 10_000
        assert "shared memory" in memory.family and memory.state() is None


@each
def test_what_one_process_writes_another_reads(kind, child):
    def write(memory):
        memory.view[3:8] = b"hello"

    with SharedMemory(100, kind=kind) as memory:
        child(write, memory).result()
        assert bytes(memory.view[:10]) == b"\0\0\0hello\0\0"


@pytest.mark.parametrize("kind", ["System V", "POSIX", "nameless"])
def test_another_mapping_shows_the_same_memory(kind):
    with SharedMemory(100, kind=kind, label="shared") as memory:
        with handed_over(memory) as other:
            assert other.label == "shared" and other.size == 100
            other.view[0] = 7
            assert memory.view[0] == 7


def test_a_nameless_segment_outlives_its_creators_mapping():
    memory = SharedMemory(100, kind="nameless")
    with handed_over(memory) as other:
        memory.view[0] = 7
        memory.remove()
        memory.close()
        assert other.view[0] == 7


def test_a_nameless_segment_cannot_be_shrunk_or_grown_under_the_others():
    with SharedMemory(8192, kind="nameless") as memory:
        with _handover.packing() as parcel:
            pickle.dumps(memory)
        for size in (0, 100, 100_000):
            with pytest.raises(PermissionError):
                os.ftruncate(parcel.descriptors[0], size)


def test_whoever_touches_a_page_that_was_cut_off_is_killed(child):
    def touch(memory):
        faulthandler.disable()                   # its report would fill the screen
        memory.view[4096] = 1

    with SharedMemory(8192, kind="POSIX") as memory:
        os.truncate(f"/dev/shm{memory.name}", 4096)
        assert child(touch, memory).wait() == -signal.SIGBUS
        memory.view[0] = 1


@pytest.mark.parametrize("kind, hint", [("nameless", "run"), ("anonymous", "plain fork")])
def test_what_has_no_name_cannot_simply_be_pickled(kind, hint):
    with SharedMemory(100, kind=kind) as memory:
        with pytest.raises(errors.Misuse, match=hint):
            pickle.dumps(memory)


@named
def test_removing_takes_the_name_and_leaves_the_memory(kind, child):
    with SharedMemory(100, kind=kind, label="early") as memory:
        pickled = pickle.dumps(memory)
        memory.remove()
        memory.remove()
        child(memory.view.__setitem__, 0, 7).result()
        assert memory.view[0] == 7
        with pytest.raises(errors.NotFound, match="'early'.*removed before"):
            pickle.loads(pickled)


@named
def test_closing_leaves_the_name_and_the_others(kind):
    with SharedMemory(100, kind=kind) as memory, handed_over(memory) as other:
        memory.view[0] = 7
        memory.close()
        memory.close()
        assert other.view[0] == 7
        third = handed_over(other)
        assert third.view[0] == 7
        third.close()


@each
def test_closing_under_a_slice_is_refused_and_nobody_reads_unmapped_memory(kind):
    memory = SharedMemory(100, kind=kind, label="held")
    piece = memory.view[10:20]
    with pytest.raises(errors.Misuse, match="close on .*'held'.*slice"):
        memory.close()
    piece[0] = 7
    assert piece[0] == 7
    piece.release()
    memory.close()
    memory.remove()


@each
def test_a_slice_keeps_the_memory_after_the_with_block_and_lets_go_of_it(kind):
    with SharedMemory(100, kind=kind) as memory:
        piece = memory.view[:4].cast("B")
    piece[0] = 7
    assert piece[0] == 7


@each
def test_a_forgotten_object_is_unmapped(kind):
    memory = SharedMemory(123 * mmap.PAGESIZE, kind=kind)
    memory.remove()
    before = len(open("/proc/self/maps").readlines())
    del memory
    gc.collect()
    assert len(open("/proc/self/maps").readlines()) < before


@each
@pytest.mark.parametrize("size", [0, -1, 1.5, "8", None])
def test_a_size_that_cannot_be_is_refused(kind, size):
    with pytest.raises(errors.Misuse, match="'odd'.*whole number from 1 up"):
        SharedMemory(size, kind=kind, label="odd")


@each
@pytest.mark.parametrize("size", [2**62, 2**64 + 8, 2**80])
def test_a_size_that_has_no_room_is_refused_and_leaves_nothing(kind, size):
    with pytest.raises(errors.LimitReached, match=f"'huge'.*{size} bytes"):
        SharedMemory(size, kind=kind, label="huge")


def test_a_full_dev_shm_is_an_error_at_once_and_not_a_death_later():
    if os.geteuid() != 0:
        pytest.skip("the whole /dev/shm of this machine is not ours to fill")
    free = os.statvfs("/dev/shm")
    with pytest.raises(errors.LimitReached, match="df /dev/shm"):
        SharedMemory((free.f_bavail + 100) * free.f_frsize, kind="POSIX")


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(errors.Misuse, match="'posix'.*System V, POSIX, nameless, anonymous"):
        SharedMemory(8, kind="posix")


def test_another_user_may_neither_map_nor_remove_it(child):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")

    def as_nobody(use, *args):
        os.setuid(65534)
        use(*args)

    for kind in NAMED:
        with SharedMemory(8, kind=kind, label="mine") as memory:
            with pytest.raises(errors.NotPermitted, match="'mine'"):
                child(as_nobody, pickle.loads, pickle.dumps(memory)).result()
            with pytest.raises(errors.NotPermitted, match="remove on .*'mine'"):
                child(as_nobody, SharedMemory.remove, memory).result()
            assert handed_over(memory).size == 8


@named
def test_what_a_killed_creator_leaves_is_swept_and_nothing_else(kind, child):
    def create_and_die():
        SharedInteger(1, kind=kind)
        os.kill(os.getpid(), signal.SIGKILL)

    with SharedInteger(1, kind=kind) as mine:
        assert child(create_and_die).wait() == -signal.SIGKILL
        assert [entry.kind for entry in leftovers.sweep()] == [entry.kind for entry in ledger.mine()]
        assert pickle.loads(pickle.dumps(mine)).value == 1
    assert leftovers.sweep() == []


@pytest.mark.parametrize("kind", ["nameless", "anonymous"])
def test_a_killed_creator_of_nameless_memory_leaves_nothing(kind, child):
    def create_and_die():
        SharedInteger(1, kind=kind)
        os.kill(os.getpid(), signal.SIGKILL)

    child(create_and_die).wait()
    assert leftovers.sweep() == []


# Numbers

@each
def test_an_array_is_shared_cell_by_cell(kind, child):
    def store(array):
        array[1] = -5
        array.store(2, 2**63 - 1)

    with SharedArray(4, initial=9, kind=kind) as array:
        child(store, array).result()
        assert list(array) == [9, -5, 2**63 - 1, 9]
        assert len(array) == 4 and array[-1] == array.load(3) == 9 and array.size == 32


def test_initial_numbers_can_be_given_one_by_one():
    with SharedArray(3, initial=range(3)) as array:
        assert list(array.view) == [0, 1, 2]


def test_the_view_is_ungated_and_for_bulk_work():
    with SharedArray(3) as array:
        array.view[:] = memoryview(struct.pack("3q", 1, -2, 3)).cast("q")
        assert array.view.tolist() == [1, -2, 3] and array.view.format == "q"


@pytest.mark.parametrize("initial", [[1, 2], [1, 2, 3, 4], [1, 2, "x"], [2**63, 0, 0], 1.5, 2**63])
def test_initial_numbers_that_do_not_fit_are_refused_and_leave_nothing(initial):
    with pytest.raises((errors.Misuse, TypeError)):
        SharedArray(3, initial=initial)


@pytest.mark.parametrize("i", [3, -4, "x", 1.0, None])
def test_a_cell_that_is_not_there_is_refused(i):
    with SharedArray(3, label="buffer") as array:
        with pytest.raises(errors.Misuse, match=r"load on buffer\[.*cells 0 to 2"):
            array[i]
        with pytest.raises(errors.Misuse, match=r"store on buffer\[.*cells 0 to 2"):
            array[i] = 1


def test_a_slice_is_no_cell():
    with SharedArray(3, label="buffer") as array:
        with pytest.raises(errors.Misuse, match=r"\.view\[a:b\]"):
            array[0:2]
        with pytest.raises(errors.Misuse, match=r"\.view\[a:b\]"):
            array[0:2] = [1, 2]


@pytest.mark.parametrize("value", [1.5, "x", None, 2**63, -2**63 - 1])
def test_a_value_that_is_no_64_bit_number_is_refused_and_nothing_stored(value):
    with SharedArray(2, label="buffer", initial=5) as array, SharedInteger(5, label="n") as n:
        with pytest.raises(errors.Misuse, match=r"store on buffer\[1\].*-2\*\*63 to 2\*\*63 - 1, not"):
            array[1] = value
        with pytest.raises(errors.Misuse, match=r"store on n\.* .*-2\*\*63"):
            n.value = value
        assert array[1] == n.value == 5


@each
def test_an_integer_is_shared(kind, child):
    with SharedInteger(-3, kind=kind, label="n") as n:
        child(n.store, 2**40).result()
        assert n.value == n.load() == n.state() == 2**40
        n.value = 4
        assert n.described() == n.described().__class__("n", n.family, 4, None)
        assert n.may("load") and n.may("store", 3)


def test_use_after_closing_is_an_error():
    with SharedArray(2, label="buffer") as array, SharedInteger(5, label="n") as n:
        pass
    for use in (lambda: array[0], lambda: array.store(0, 1), n.load, lambda: n.store(1)):
        with pytest.raises(errors.Closed, match="closed in this process"):
            use()
    assert n.state() is None


def test_two_processes_that_add_without_a_semaphore_can_lose_and_with_one_cannot(child):
    """Load, add and store are three steps: the second process comes in between, made sure by two semaphores."""
    with SharedInteger(0) as n, Semaphore(0) as loaded, Semaphore(0) as go_on:
        def slow_increment():
            value = n.value
            loaded.V()
            go_on.P()
            n.value = value + 1

        slow = child(slow_increment)
        loaded.P()
        n.value += 1
        go_on.V()
        slow.result()
        assert n.value == 1

    def careful(n, mutex):
        for _ in range(200):
            with mutex.held():
                n.value += 1

    with SharedInteger(0) as n, Semaphore(1) as mutex:
        for worker in [child(careful, n, mutex) for _ in range(2)]:
            worker.result()
        assert n.value == 400


def test_an_aligned_number_does_not_tear(child):
    """Every load finds one of the two values in all its bytes, though they are stored again and again meanwhile."""
    def store_both(n, stop):
        while not stop.value:
            n.store(0)
            n.store(-1)

    with SharedInteger(0) as n, SharedInteger(0) as stop:
        storer = child(store_both, n, stop)
        assert {n.load() for _ in range(50_000)} <= {0, -1}
        stop.value = 1
        storer.result()


# In the trace

def recorded(function):
    events = {}
    with gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
        function()
    return tuple(events.values())


def test_each_cell_has_its_own_label_and_stores_are_recorded_by_value():
    def use():
        array[1] = 7
        array.store(i=-1, value=8)
        array[1], array[2]
        n.value = 9
        n.value

    with SharedArray(3, label="buffer") as array, SharedInteger(0, label="n") as n:
        trace = Trace(("a",), (array.described(), n.described()), recorded(use))
    seen = [(e.kind, e.object, e.role, e.argument, e.result) for e in trace]
    assert seen == [("store", "buffer[1]", "give", 7, None), ("store", "buffer[2]", "give", 8, None),
                    ("load", "buffer[1]", "take", None, 7), ("load", "buffer[2]", "take", None, 8),
                    ("store", "n", "give", 9, None), ("load", "n", "take", None, 9)]
    assert [(pair.give.object, pair.take.object) for pair in trace.pairs] == [
        ("buffer[1]", "buffer[1]"), ("buffer[2]", "buffer[2]"), ("n", "n")]
    assert [e.value for e in trace] == [7, 8, 7, 8, 9, 9]


def test_the_cells_of_an_array_are_its_parts():
    with SharedArray(2, initial=[4, 5], label="a") as array:
        assert [*array.parts()] == [Object("a[0]", array.family, 4), Object("a[1]", array.family, 5)]
        array.close()
        assert [*array.parts()] == []
    with SharedArray(1001) as large:
        assert [*large.parts()] == []


def test_the_view_passes_no_gate():
    with SharedArray(3) as array:
        assert recorded(lambda: array.view.__setitem__(0, 1)) == ()
