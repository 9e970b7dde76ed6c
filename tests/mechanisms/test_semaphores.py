import os
import pickle
import signal
import threading

import pytest
from forked import TIME, Struck

from ipclab import errors, gate
from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore

KINDS = [Semaphore, PosixSemaphore]
SLEEP = {Semaphore: ("semop", "semtimedop"), PosixSemaphore: ("futex",)}
each = pytest.mark.parametrize("kind", KINDS)


@each
def test_p_takes_and_v_gives(kind):
    with kind(2) as semaphore:
        semaphore.P()
        assert semaphore.value == 1
        semaphore.V()
        assert semaphore.value == 2


@each
def test_p_waits_until_another_process_does_v(kind, child):
    with kind(0) as semaphore:
        waiter = child(semaphore.P).blocked(*SLEEP[kind])
        semaphore.V()
        assert waiter.result() is None
        assert semaphore.value == 0


@each
def test_v_wakes_one_and_only_one(kind, child):
    with kind(0) as semaphore:
        waiters = [child(semaphore.P).blocked(*SLEEP[kind]) for _ in range(2)]
        semaphore.V()
        first = {os.waitpid(-1, 0)[0]}
        assert first <= {w.pid for w in waiters} and semaphore.value == 0
        for waiter in waiters:
            if waiter.pid in first:
                waiter.status = 0
            else:
                waiter.blocked(*SLEEP[kind])
        semaphore.V()
        for waiter in waiters:
            waiter.result()


@each
def test_many_processes_lose_no_count(kind, child):
    def both_ways(semaphore):
        for _ in range(200):
            semaphore.P()
            semaphore.V()

    with kind(1) as semaphore:
        for worker in [child(both_ways, semaphore) for _ in range(4)]:
            worker.result()
        assert semaphore.value == 1


@each
def test_nowait_never_waits(kind):
    with kind(0, label="empty") as semaphore:
        with pytest.raises(errors.WouldBlock, match=r"P_nowait on .* semaphore 'empty' \(EAGAIN.*timeout="):
            semaphore.P_nowait()
        assert semaphore.value == 0
        semaphore.V()
        semaphore.P_nowait()
        assert semaphore.value == 0


@each
@pytest.mark.parametrize("timeout", [0, -1, 0.001, 0.05])
def test_a_timeout_takes_nothing(kind, timeout):
    with kind(0, label="empty") as semaphore:
        with pytest.raises(errors.TimedOut, match="P on .*'empty'.*Nobody did V within"):
            semaphore.P(timeout=timeout)
        semaphore.V()
        semaphore.P(timeout=timeout)
        assert semaphore.value == 0


@each
def test_a_v_in_time_ends_a_timed_p(kind, child):
    with kind(0) as semaphore:
        waiter = child(semaphore.P, TIME).blocked(*SLEEP[kind])
        semaphore.V()
        waiter.result()


@each
def test_an_endless_timeout_is_one_too(kind, child):
    with kind(0) as semaphore:
        waiter = child(semaphore.P, float("inf")).blocked(*SLEEP[kind])
        semaphore.V()
        waiter.result()


@each
@pytest.mark.parametrize("timeout", [None, TIME])
def test_a_handler_runs_and_p_goes_on_waiting(kind, timeout, child, on_signal):
    with kind(0) as semaphore, kind(0) as ran:
        on_signal(lambda *_: ran.V())
        waiter = child(semaphore.P, timeout)
        for _ in range(3):
            waiter.blocked(*SLEEP[kind]).kill(signal.SIGUSR1)
            ran.P(timeout=TIME)
        waiter.blocked(*SLEEP[kind])
        semaphore.V()
        waiter.result()


@each
def test_a_handlers_own_failing_call_does_not_disturb_the_p_that_it_interrupted(kind, child, on_signal):
    """The handler's EAGAIN or ETIMEDOUT must not be taken for the answer of the interrupted call."""
    def handler(*_):
        with pytest.raises(errors.TimedOut):
            other.P(timeout=0.001)
        ran.V()

    with kind(0) as semaphore, kind(0) as other, kind(0) as ran:
        on_signal(handler)
        waiter = child(semaphore.P, TIME)
        for _ in range(3):
            waiter.blocked(*SLEEP[kind]).kill(signal.SIGUSR1)
            ran.P(timeout=TIME)
        semaphore.V()
        waiter.result()


@each
@pytest.mark.parametrize("value", [-1, 1.5, "1", None, 2**31, 2**40])
def test_an_initial_value_that_cannot_be_is_refused(kind, value):
    with pytest.raises(errors.Misuse, match=r"semaphore 'odd'.*whole number from 0 to"):
        kind(value, label="odd")


@each
def test_no_count_beyond_the_maximum(kind):
    with kind(kind.maximum, label="full") as semaphore:
        with pytest.raises(errors.LimitReached, match=rf"V on .*'full' \(ERANGE.*{kind.maximum}"):
            semaphore.V()
        assert semaphore.value == kind.maximum


@each
def test_may_asks_the_real_value(kind):
    with kind(1) as semaphore:
        assert semaphore.may("P") and semaphore.may("V") and semaphore.may("P_nowait")
        semaphore.P()
        assert not semaphore.may("P") and semaphore.may("V") and semaphore.may("P_nowait")


@each
def test_held_gives_back_whatever_happens(kind):
    with kind(1) as mutex:
        with pytest.raises(Struck), mutex.held():
            assert mutex.value == 0
            raise Struck
        assert mutex.value == 1


@each
def test_it_describes_itself(kind):
    with kind(3, label="s") as semaphore:
        assert semaphore.described() == semaphore.described().__class__("s", kind.family, 3, None)
        assert "semaphore" in kind.family and repr(semaphore) == f"<{kind.family} 's'>"


@each
def test_a_pickle_is_the_same_semaphore(kind):
    with kind(0, label="shared") as semaphore:
        other = pickle.loads(pickle.dumps(semaphore))
        other.V()
        assert semaphore.value == 1 and other.label == "shared"
        other.P_nowait()
        assert semaphore.value == 0


@each
def test_a_pickle_of_what_is_gone_is_not_found(kind):
    with kind(0, label="early") as semaphore:
        pickled = pickle.dumps(semaphore)
    with pytest.raises(errors.NotFound, match="'early'.*removed"):
        pickle.loads(pickled)


@each
def test_removing_twice_is_no_error(kind):
    semaphore = kind(0)
    semaphore.remove()
    semaphore.remove()


@each
def test_what_a_killed_creator_leaves_is_swept_and_nothing_else(kind, child):
    def create_and_die():
        kind(0, label="left")
        os.kill(os.getpid(), signal.SIGKILL)

    with kind(1) as mine:
        assert child(create_and_die).wait() == -signal.SIGKILL
        swept = leftovers.sweep()
        assert [entry.kind for entry in swept] == ["sysv sem" if kind is Semaphore else "posix sem"]
        assert mine.value == 1 and [entry.kind for entry in ledger.mine()] == [swept[0].kind]
    assert leftovers.sweep() == []


# System V alone

def test_waiting_counts_the_blocked():
    with Semaphore(0) as semaphore:
        threads = [threading.Thread(target=semaphore.P) for _ in range(2)]
        for thread in threads:
            thread.start()
        while semaphore.waiting < 2:
            os.sched_yield()
        for thread in threads:
            semaphore.V()
        for thread in threads:
            thread.join()
        assert semaphore.waiting == 0


@pytest.mark.parametrize("timeout", [None, TIME])
def test_whoever_waits_learns_that_it_was_removed(timeout, child):
    with Semaphore(0, label="empty") as semaphore:
        waiter = child(semaphore.P, timeout).blocked("semop", "semtimedop")
    with pytest.raises(errors.Removed, match=r"P on System V semaphore 'empty' \(EIDRM.*removed too early"):
        waiter.result()


@pytest.mark.parametrize("use", [Semaphore.P, Semaphore.P_nowait, Semaphore.V, lambda s: s.P(timeout=1),
                                 lambda s: s.value, lambda s: s.waiting], ids=lambda use: use.__name__)
def test_every_use_after_removal_says_so(use):
    with Semaphore(1, label="gone") as semaphore:
        pass
    with pytest.raises(errors.Removed, match="'gone'"):
        use(semaphore)
    assert semaphore.state() is None and semaphore.may("P")


@pytest.mark.parametrize("undo, left", [(False, 0), (True, 1)])
def test_only_undo_frees_what_a_killed_holder_held(undo, left, child):
    def hold_and_die(semaphore):
        semaphore.P()
        os.kill(os.getpid(), signal.SIGKILL)

    with Semaphore(1, undo=undo) as semaphore:
        assert child(hold_and_die, semaphore).wait() == -signal.SIGKILL
        assert semaphore.value == left


@pytest.mark.parametrize("take", [Semaphore.P, Semaphore.P_nowait, lambda s: s.P(timeout=1)])
def test_undo_works_for_every_p_also_after_pickling(take, child):
    def hold_and_die(semaphore):
        take(pickle.loads(pickle.dumps(semaphore)))
        os.kill(os.getpid(), signal.SIGKILL)

    with Semaphore(1, undo=True) as semaphore:
        child(hold_and_die, semaphore).wait()
        assert semaphore.value == 1


def test_undo_takes_back_a_v_as_well(child):
    with Semaphore(0, undo=True) as semaphore:
        child(semaphore.V).result()
        assert semaphore.value == 0


def test_p_waits_even_while_p_nowait_is_under_way(child, on_signal):
    """The handler's P must block although it may interrupt P_nowait on the same semaphore at any point."""
    def try_forever(semaphore):
        done.V()                                 # a signal before the fork is complete would be lost
        while True:
            try:
                semaphore.P_nowait()
            except errors.WouldBlock:
                pass

    with Semaphore(0) as semaphore, Semaphore(0) as done:
        def handler(*_):
            semaphore.P()
            done.V()

        on_signal(handler)
        trier = child(try_forever, semaphore)
        done.P(timeout=TIME)
        for _ in range(50):
            trier.kill(signal.SIGUSR1)
            trier.blocked("semop", "semtimedop")
            semaphore.V()
            done.P(timeout=TIME)


def test_another_user_is_not_permitted(child):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")

    def as_nobody(use, semaphore):
        os.setuid(65534)
        use(semaphore)

    with Semaphore(1, label="mine") as semaphore:
        for use in (Semaphore.P, Semaphore.V, Semaphore.P_nowait, lambda s: s.P(timeout=1), lambda s: s.value,
                    Semaphore.remove):
            with pytest.raises(errors.NotPermitted, match="'mine'"):
                child(as_nobody, use, semaphore).result()
        assert semaphore.value == 1


def test_a_key_that_was_given_away_again_is_not_mistaken(monkeypatch):
    with Semaphore(0, label="old") as semaphore:
        state = semaphore.__getstate__()
        state["_semaphore"] = (state["_semaphore"][0], semaphore.id + 1)
        copy = Semaphore.__new__(Semaphore)
        with pytest.raises(errors.NotFound, match="its key has been given to another"):
            copy.__setstate__(state)


# POSIX alone

def test_removing_a_posix_semaphore_takes_only_the_name(child):
    with PosixSemaphore(0) as semaphore:
        waiter = child(semaphore.P).blocked("futex")
        semaphore.remove()
        assert f"sem.{semaphore.name.lstrip('/')}" not in os.listdir("/dev/shm")
        semaphore.V()
        waiter.result()


def test_a_posix_holder_that_dies_leaves_it_taken(child):
    def hold_and_die(semaphore):
        semaphore.P()
        os.kill(os.getpid(), signal.SIGKILL)

    with PosixSemaphore(1) as semaphore:
        child(hold_and_die, semaphore).wait()
        assert semaphore.value == 0


# In the trace

@each
def test_p_and_v_are_paired_in_the_trace(kind):
    from ipclab.trace import Trace
    events = {}
    with kind(0, label="s") as semaphore:
        objects = (semaphore.described(),)
        with gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
            semaphore.V()
            semaphore.P()
            with pytest.raises(errors.WouldBlock):
                semaphore.P_nowait()
    trace = Trace(("a",), objects, tuple(events.values()))
    assert [(e.kind, e.role, e.value, bool(e.error)) for e in trace] == [
        ("V", "give", 1, False), ("P", "take", 0, False), ("P_nowait", "take", 0, True)]
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [("V", "P")]
