"""The ring on real processes. (How it waits is in test_ring_waiting.py, and what it asks of processors that reorder in
test_ring_order.py.)
"""

import ctypes
import os
import pickle
import random
import signal
from array import array
from functools import partial

import pytest
from forked import TIME, handed_over

from ipclab import Ring, errors, gate
from ipclab.explore.explorer import explore_here
from ipclab.explore.system import System
from ipclab.mechanisms import ledger, leftovers
from ipclab.processes import process, run
from ipclab.trace import Trace

KINDS = ["System V", "POSIX", "nameless", "anonymous"]
ASLEEP = ("futex",)


def messages(seed, count, largest):
    chosen = random.Random(seed)
    return (chosen.randbytes(chosen.randint(0, largest)) for _ in range(count))


def taken_into_a_buffer(ring, **limit):
    buffer = bytearray(ring.slot_size)
    return bytes(buffer[:ring.receive_into(buffer, **limit)])


TAKING = {"receive": Ring.receive, "receive_into": taken_into_a_buffer, "peek": Ring.peek}


def full(slots=2, **more):
    """A ring with two messages in it and room for no third."""
    ring = Ring(slots, 8, **more)
    ring.send(b"one")
    ring.send(b"two")
    return ring


# Order and content

@pytest.mark.parametrize("kind", KINDS)
def test_all_messages_come_whole_and_in_order(kind, child):
    def send_all(ring):
        for message in messages(kind, 1500, 300):
            ring.send(message)

    with Ring(8, 300, kind=kind) as ring:
        sender = child(send_all, ring)
        for message in messages(kind, 1500, 300):
            assert ring.receive(TIME) == message
        sender.result()
        assert ring.state() == 0


def test_messages_go_between_processes_of_a_run():
    def sender(ring):
        for n in range(100):
            ring.send(b"%d" % n)

    def receiver(ring):
        return [int(ring.receive()) for _ in range(100)]

    with Ring(4, 8) as ring:
        result = run(process(sender, ring), process(receiver, ring))
        assert result["receiver"].value == list(range(100))


@pytest.mark.parametrize("message", [b"", b"\0\0", b"x" * 64, bytearray(b"ab"), memoryview(b"abcd")[::1],
                                     array("q", [1, 2])], ids=lambda m: f"{type(m).__name__}{len(m)}")
def test_anything_like_bytes_is_a_message(message):
    with Ring(2, 64) as ring:
        ring.send(message)
        ring.send_nowait(message)
        assert [ring.receive(), ring.receive_nowait()] == [bytes(message)] * 2


def test_a_short_message_in_a_used_slot_brings_nothing_of_the_old_one():
    with Ring(1, 16) as ring:
        for message in (b"a long message", b"short", b"", b"longer again", b"five."):
            ring.send(message)
            assert ring.receive() == message


@pytest.mark.parametrize("make", [bytearray, lambda old: memoryview(bytearray(old)), lambda old: array("q", old),
                                  lambda old: memoryview(bytearray(old)).cast("i", (4, 4)),
                                  lambda old: (ctypes.c_double * 8).from_buffer_copy(old)])
def test_a_message_is_taken_out_into_any_memory_that_can_be_written(make):
    with Ring(2, 64) as ring:
        buffer = make(b"." * 64)
        for message, now in ((b"one", b"one" + b"." * 61), (b"x" * 64, b"x" * 64), (b"", b"x" * 64)):
            ring.send(message)
            assert (ring.receive_into(buffer), ring.waiting) == (len(message), 0)
            assert memoryview(buffer).tobytes() == now
        ring.send(b"now")
        assert ring.receive_into_nowait(buffer) == 3 and memoryview(buffer).tobytes() == b"now" + b"x" * 61


def test_messages_are_handed_on_from_ring_to_ring_without_a_stop(child):
    def hand_on():
        for _ in range(500):
            there.publish(here.receive_into(there.reserve()))

    with Ring(4, 3000) as here, Ring(2, 3000) as there:
        handing_on = child(hand_on)
        for message in messages("on", 500, 3000):
            here.send(message, TIME)
            assert taken_into_a_buffer(there, timeout=TIME) == message
        handing_on.result()


def test_large_messages_are_written_and_read_in_place(child):
    def send_squares(ring):
        for n in range(20):
            slot = ring.reserve()
            slot[:2] = bytes([n, n * n % 256])
            slot[-1:] = b"!"
            ring.publish(2 if n % 2 else None)

    with Ring(3, 100_000) as ring:
        sender = child(send_squares, ring)
        for n in range(20):
            view = ring.peek(TIME)
            assert bytes(view[:2]) == bytes([n, n * n % 256]) and len(view) == (2 if n % 2 else 100_000)
            assert view.readonly and ring.peek() == view
            ring.release()
        sender.result()


def test_a_view_is_over_when_its_slot_is_the_others():
    with Ring(2, 8) as ring:
        slot = ring.reserve()
        ring.publish(3)
        message = ring.peek()
        ring.release()
        for view in (slot, message):
            with pytest.raises(ValueError):
                view[0]


def test_a_view_may_be_released_before_the_slot_goes_on():
    with Ring(2, 8) as ring:
        for message in (b"one", b"two"):
            with ring.reserve():
                pass
            with ring.reserve() as slot:
                slot[:3] = message
            ring.publish(3)
            with ring.peek():
                pass
            with ring.peek() as view:
                assert bytes(view) == message
            ring.release()


# Full and empty

def test_a_full_ring_takes_no_more_and_an_empty_one_gives_nothing():
    with full(label="ring") as ring:
        assert (ring.state(), ring.waiting, ring.capacity()) == (2, 2, 2)
        for call in (lambda: ring.send_nowait(b""), ring.reserve_nowait):
            with pytest.raises(errors.WouldBlock, match="'ring'.*full"):
                call()
        assert not ring.may("send", b"") and not ring.may("reserve") and all(map(ring.may, TAKING))
        assert [ring.receive_nowait(), bytes(ring.peek_nowait())] == [b"one", b"two"]
        ring.release()
        for call in (ring.receive_nowait, ring.peek_nowait, lambda: ring.receive_into_nowait(bytearray(8))):
            with pytest.raises(errors.WouldBlock, match="'ring'.*empty"):
                call()
        assert ring.may("send", b"") and ring.may("reserve") and not any(map(ring.may, TAKING))
        assert ring.may("send_nowait", b"") and ring.may("release")


@pytest.mark.parametrize("spin", [0, 100, None])
@pytest.mark.parametrize("call", TAKING)
def test_who_finds_nothing_sleeps_in_the_kernel_until_something_is_sent(call, spin, child):
    with Ring(2, 8, spin=spin) as ring:
        waiting = child(lambda: bytes(TAKING[call](ring))).blocked(*ASLEEP)
        ring.send(b"news")
        assert waiting.result() == b"news"


@pytest.mark.parametrize("call, free", [("send", "receive"), ("reserve", "release")])
def test_who_finds_no_room_sleeps_in_the_kernel_until_a_slot_is_free(call, free, child):
    def put():
        if call == "reserve":
            ring.reserve()[:3] = b"xyz"
            ring.publish(3)
        else:
            ring.send(b"xyz")

    with full() as ring:
        waiting = child(put).blocked(*ASLEEP)
        if free == "release":
            ring.peek()
        getattr(ring, free)()
        waiting.result()
        assert [ring.receive(), ring.receive()] == [b"two", b"xyz"]


# Deaths

def die(ring, verb, *arguments):
    getattr(ring, verb)(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)


def test_who_dies_in_the_middle_has_sent_nothing_or_taken_nothing(child):
    with full(slots=3) as ring:
        assert child(die, ring, "reserve").wait() == -signal.SIGKILL
        assert child(die, ring, "peek").wait() == -signal.SIGKILL
        assert ring.waiting == 2


def test_another_may_take_the_place_of_who_died(child):
    with Ring(2, 8) as ring:
        for n in range(5):
            assert child(die, ring, "send", b"%d" % n).wait() == -signal.SIGKILL
            assert child(ring.receive).result() == b"%d" % n
        asleep = child(ring.receive).blocked(*ASLEEP)
        asleep.kill()
        assert asleep.wait() == -signal.SIGKILL
        ring.send(b"for next")
        assert ring.receive() == b"for next"
        assert child(lambda: ring.receive()).blocked(*ASLEEP)        # no wake-up was left over for ever


@pytest.mark.parametrize("kind", ["System V", "POSIX"])
def test_what_a_dead_process_left_is_swept(kind, child):
    def create_and_die():
        Ring(2, 8, kind=kind)
        os.kill(os.getpid(), signal.SIGKILL)

    with Ring(2, 8, kind=kind) as mine:
        mine.send(b"kept")
        assert child(create_and_die).wait() == -signal.SIGKILL
        assert [entry.kind for entry in leftovers.sweep()] == [entry.kind for entry in ledger.mine()]
        with handed_over(mine) as other:
            assert other.receive() == b"kept"


# Errors

def test_what_is_no_message_is_refused():
    with Ring(2, 8, label="ring") as ring:
        for message in ("text", 7, None, memoryview(b"abcd")[::2]):
            with pytest.raises(errors.Misuse, match=rf"send.*'ring'.*{type(message).__name__} is not.*encode"):
                ring.send(message)
        with pytest.raises(errors.TooBig, match="has 16 bytes"):
            ring.send(array("q", [1, 2]))
        assert ring.waiting == 0


@pytest.mark.parametrize("verb", ["send", "send_nowait"])
def test_a_message_too_big_for_a_slot_is_refused_before_anybody_waits(verb):
    with Ring(2, 8, label="ring") as ring:
        for waiting in range(3):
            assert ring.waiting == waiting
            with pytest.raises(errors.TooBig, match=f"^{verb} on.*'ring'.*EMSGSIZE.*has 9 bytes and a slot 8.*_size"):
                getattr(ring, verb)(b"123456789")
            if waiting < 2:
                ring.send(b"12345678")


@pytest.mark.parametrize("buffer", [b"12345678", memoryview(b"12345678"), memoryview(bytearray(16))[::2], "text", 7,
                                    None])
def test_a_buffer_that_cannot_be_filled_is_refused_before_anybody_waits(buffer):
    with Ring(2, 8, label="ring") as ring:
        for call in (partial(ring.receive_into, timeout=0), ring.receive_into_nowait):
            with pytest.raises(errors.Misuse, match=f"^receive_into.* 'ring'.* {type(buffer).__name__} cannot be "
                                                    r"filled.*bytearray\(8\)"):
                call(buffer)


def test_a_message_too_big_for_the_buffer_stays_in_the_ring():
    with full(label="ring") as ring:
        buffer = bytearray(b"..")
        for call in (ring.receive_into, ring.receive_into_nowait):
            with pytest.raises(errors.TooBig, match=f"^{call.__name__} on .*'ring' .EMSGSIZE.*has 3 bytes "
                                                    "and the buffer 2.*still in the"):
                call(buffer)
        assert (buffer, ring.waiting) == (b"..", 2)
        try:
            ring.receive_into(buffer)
        except errors.TooBig:
            buffer.extend(b".")
            assert (ring.receive_into_nowait(buffer), buffer) == (3, b"one")
        ring.send(b"three")
        assert [taken_into_a_buffer(ring), ring.receive()] == [b"two", b"three"]


@pytest.mark.parametrize("numbers", [{"slots": 0}, {"slots": 2.5}, {"slots": True}, {"slot_size": 0},
                                     {"slot_size": "8"}, {"spin": -1}])
def test_numbers_that_make_no_ring_are_refused(numbers):
    name, value = next(iter(numbers.items()))
    with pytest.raises(errors.Misuse, match=f"{name} must be a whole number from . to .*, not {value!r}"):
        Ring(**numbers)


def test_a_ring_for_which_there_is_no_memory_is_refused():
    with pytest.raises(errors.LimitReached, match="no room"):
        Ring(2**32, 2**40)
    with pytest.raises(errors.Misuse, match="System V"):
        Ring(kind="systemd")


def test_publish_and_release_need_what_comes_before_them():
    with full(label="ring", slots=3) as ring:
        with pytest.raises(errors.Misuse, match=r"publish.*'ring'.*reserve\(\) first"):
            ring.publish(3)
        with pytest.raises(errors.Misuse, match=r"release.*'ring'.*peek\(\) first"):
            ring.release()
        ring.reserve()
        for n in (-1, 9, 2.0):
            with pytest.raises(errors.Misuse, match="n must be a whole number from 0 to 8"):
                ring.publish(n)
        ring.send(b"between")
        ring.peek()
        ring.receive()
        with pytest.raises(errors.Misuse, match="nothing in between"):
            ring.publish()
        with pytest.raises(errors.Misuse, match="nothing in between"):
            ring.release()
        assert [ring.receive(), ring.receive()] == [b"two", b"between"]


def test_a_closed_ring_says_so():
    with Ring(2, 8, label="ring") as ring:
        view = ring.reserve()
        ring.close()
        ring.close()
        for call in (lambda: ring.send(b""), lambda: ring.send_nowait(b""), ring.receive, ring.receive_nowait,
                     lambda: ring.receive_into(bytearray(8)), lambda: ring.receive_into_nowait(bytearray(8)),
                     ring.peek, ring.peek_nowait, ring.reserve, ring.reserve_nowait, ring.publish, ring.release,
                     lambda: ring.waiting):
            with pytest.raises(errors.Closed, match="'ring'.*closed in this process"):
                call()
        assert ring.state() is None and ring.may("send") and ring.may("receive")
        with pytest.raises(ValueError):
            view[0]


def test_memory_in_use_is_not_unmapped():
    with full() as ring:
        part = ring.peek()[1:]
        with pytest.raises(errors.Misuse, match="in use"):
            ring.close()
        assert bytes(part) == b"ne"
        part.release()
        ring.close()


def test_a_ring_that_was_removed_cannot_be_found_any_more():
    with Ring(2, 8, kind="POSIX", label="ring") as ring:
        pickled = pickle.dumps(ring)
        ring.remove()
        ring.remove()
        ring.send(b"still")
        assert ring.receive() == b"still"
        with pytest.raises(errors.NotFound, match="'ring'.*removed before"):
            pickle.loads(pickled)


# In the trace, and behind the held gate

def test_messages_are_paired_by_what_they_say():
    events = {}
    with Ring(4, 2000, label="ring") as ring:
        objects = (ring.described(),)
        with gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
            ring.send(b"one")
            ring.send_nowait(b"x" * 2000)
            ring.reserve()[:3] = b"two"
            ring.publish(3)
            ring.receive()
            ring.receive_nowait()
            ring.peek()
            ring.release()
            for call in (ring.receive_into, ring.receive_into_nowait):
                ring.send(b"into")
                call(bytearray(2000))
    trace = Trace(("a",), objects, tuple(events.values()))
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [
        ("send", "receive"), ("send_nowait", "receive_nowait"), ("publish", "peek"), ("send", "receive_into"),
        ("send", "receive_into_nowait")]
    assert [(e.argument, e.result) for e in trace if "into" in e.kind] == [(None, "into")] * 2
    assert [e.value for e in trace] == [1, 2, 2, 3, 2, 1, 1, 0, 1, 0, 1, 0]
    assert (objects[0].family, objects[0].capacity) == ("message ring", 4)


def test_publish_is_recorded_as_it_happens_also_when_its_view_is_released_or_it_is_refused():
    events = {}
    with Ring(2, 8) as ring, gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
        with ring.reserve() as slot:
            slot[:5] = b"hello"
        for n in ("x", 1.5, -1):
            with pytest.raises(errors.Misuse, match="n must be a whole number"):
                ring.publish(n)
        ring.publish(5)
        assert ring.receive() == b"hello"
    published = [e for e in events.values() if e.kind == "publish"]
    assert [e.argument for e in published] == [None, None, None, "hello"]


def pair(receives):
    def make():
        ring = Ring(1, 8, label="ring")

        def producer():
            for item in (b"a", b"b"):
                ring.send(item)

        def consumer():
            taken = [bytes(ring.peek()).decode()]
            ring.release()
            return taken + [taken_into_a_buffer(ring).decode() for _ in range(receives - 1)]

        return System(process(producer), process(consumer), check=lambda end: end.outcomes["consumer"] == ["a", "b"])

    return make


def test_the_explorer_comes_to_a_verdict():
    assert explore_here(pair(receives=2)).proved
    verdict = explore_here(pair(receives=3))
    assert verdict.refuted and verdict.reason == "deadlock: consumer can never go on"
