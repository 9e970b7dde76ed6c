"""A ring of messages in shared memory; `shared_memory` is the door to it.

One process sends, one receives, and neither enters the kernel unless it has to wait (`_waiting` says how). The sender
puts a message into the slot at `head`, then moves `head`; the receiver takes the one at `tail`, then moves `tail`. Each
of these counters has one writer and is one aligned 8-byte cell, so that no access to it tears, and they only grow: the
slot is the remainder by the number of slots.

What must be seen in order: the message before the head, the head before the message; what was read of a message before
the tail, the tail before what is written into its slot. x86-64 keeps that by itself. On Arm, and on every machine that
we do not know, a fence stands at each of the four places; `_fences` says what it is made of, and our sources for it.
"""

from __future__ import annotations

import contextlib

from .. import errors
from ..gate import operation
from ._ring_memory import HEAD, RECEIVER_WAITS, SENDER_WAITS, TAIL, RingMemory
from ._syscalls import sem_post

__all__ = ["Ring"]


def _content(self: Ring, n: int | None = None) -> memoryview | None:
    """What `publish(n)` gives. It asks the slot, for the view may be released, and raises nothing: `publish` will."""
    if not self._reserved or not (n is None or isinstance(n, int) and n >= 0):
        return None
    return self._slots[self._reserved[0] % self.slots][:n]


def _filled(self: Ring, args: tuple, length: int) -> memoryview:
    """The message that `receive_into` took out, rather than its length."""
    return memoryview(args[0]).cast("B")[:length]


def _shows(held: tuple[int, memoryview] | None, number: int) -> bool:
    """Is this the view of message `number`, and not released by whoever has it?"""
    try:
        return held is not None and held[0] == number and held[1].nbytes >= 0
    except ValueError:
        return False


class Ring(RingMemory):
    """A queue of at most `slots` messages of at most `slot_size` bytes, from one process to one other.

    One process at a time may send and one receive; it may be the same. Two senders at once would overwrite each other's
    messages. Messages come out whole, in the order in which they were sent. `send` copies a message in, `receive` and
    `receive_into` copy it out; with `reserve` and `publish`, `peek` and `release` you write and read it in its slot.
    For large messages take few slots: the ring is fastest while it fits into the processor's cache.

    Who has to wait looks `spin` times before it sleeps in the kernel. None: a thousand times if it may use several
    processors (sched_getaffinity(2)); not at all if it may use one, for then nobody else runs while it looks.

    `kind` as for `SharedMemory`; a nameless ring cannot be left behind. `remove()` takes a name away, `close()` unmaps
    it here. Who dies while it sends or receives leaves the ring in order: the message is in or not, out or not, and
    another process may take its place. The other side is not told, and may wait until that one sends, receives or
    tries to; so give it a `timeout`.
    """

    family = "message ring"

    def __init__(self, slots: int = 64, slot_size: int = 4096, *, kind: str = "nameless", spin: int | None = None,
                 label: str | None = None, mode: int = 0o600):
        super().__init__(slots, slot_size, kind, spin, label, mode)

    # Sending. How `send` and `receive` end where no fence is needed is written out: a call would take a tenth of them.

    @operation("give")
    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Put `data`, bytes or the like, in as one message. Blocks while the ring is full.

        It goes in as a whole or not at all, and the receiver sees it only when it is complete. Raises TimedOut after
        `timeout` seconds with nothing sent, TooBig for more than `slot_size` bytes. Signal handlers run meanwhile, and
        it goes on waiting; a handler that may interrupt a `send` must not send into the same ring.
        """
        if data.__class__ is not bytes:
            data = self._as_bytes("send", data)
        cells = self._cells
        try:
            head = cells[HEAD]
            if head >= self._room_until:
                if len(data) > self.slot_size:
                    raise ValueError                         # as below, but before anybody waits
                self._await_room("send", head, timeout)
            slot = head % self.slots
            self._boxes[slot].raw = data
            if self._lengths[slot] != len(data):             # mostly it is the same: then no line changes hands
                self._lengths[slot] = len(data)
        except ValueError as error:
            raise self._failed("send", error, len(data)) from error
        if self._fences:
            self._advance_head(head)
        else:                                                # no handler can run between these lines
            cells[HEAD] = head + 1
            if (ticket := cells[RECEIVER_WAITS]) and self._receivers_bell.rung_for < ticket <= head + 1:
                sem_post(self._receivers_bell.semaphore)
                self._receivers_bell.rung_for = ticket

    @operation("give", blocks=False)
    def send_nowait(self, data: bytes) -> None:
        """Put `data` in if there is room, else raise WouldBlock; never waits."""
        data = self._as_bytes("send_nowait", data)
        if len(data) > self.slot_size:
            raise self._too_big("send_nowait", len(data))
        self._see_room("send_nowait")
        self.send(data)

    @operation()
    def reserve(self, timeout: float | None = None) -> memoryview:
        """The next free slot: `slot_size` bytes to write into. `publish` then sends it. Blocks while the ring is full.

        What was in it before is still there. Raises TimedOut after `timeout` seconds. To reserve again gives the same
        view, and a new one if you have released it; who dies before it publishes has sent nothing.
        """
        try:
            head = self._cells[HEAD]
            if head >= self._room_until:
                self._await_room("reserve", head, timeout)
        except ValueError as error:
            raise self._failed("reserve", error) from error
        if not _shows(self._reserved, head):
            self._reserved = head, self._slots[head % self.slots][:]
        return self._reserved[1]

    @operation(blocks=False)
    def reserve_nowait(self) -> memoryview:
        """The next free slot, or WouldBlock if there is none; never waits."""
        self._see_room("reserve_nowait")
        return self.reserve()

    @operation("give", blocks=False, argument=_content)
    def publish(self, n: int | None = None) -> None:
        """Send the first `n` bytes of the reserved slot; None: all. Never waits. The view that `reserve` gave is over.

        Raises Misuse if nothing is reserved, or something was sent since.
        """
        n = self.slot_size if n is None else n
        self._whole("publish", "n", n, 0, self.slot_size)
        self._finish("publish", "reserve", self._reserved, HEAD)
        head, self._reserved = self._reserved[0], None
        self._lengths[head % self.slots] = n
        self._advance_head(head)

    def _advance_head(self, head: int) -> None:
        cells = self._cells
        if self._weak:
            self._senders_fence()                            # the message before the head
        try:
            cells[HEAD] = head + 1
            if self._fenced:
                self._senders_fence()                        # the head before the look at the flag
        finally:                                             # also if a signal handler raised in the fence
            if (ticket := cells[RECEIVER_WAITS]) and self._receivers_bell.rung_for < ticket <= head + 1:
                sem_post(self._receivers_bell.semaphore)
                self._receivers_bell.rung_for = ticket

    # Receiving

    @operation("take")
    def receive(self, timeout: float | None = None) -> bytes:
        """Take the oldest message out. Blocks while there is none; raises TimedOut after `timeout` seconds.

        Signal handlers run meanwhile, and it goes on waiting; a handler that may interrupt a `receive` must not receive
        from the same ring.
        """
        cells = self._cells
        try:
            tail = cells[TAIL]
            if tail >= self._sent_until:
                self._await_message("receive", tail, timeout)
            slot = tail % self.slots
            data = self._boxes[slot][:self._lengths[slot]]
        except ValueError as error:
            raise self._failed("receive", error) from error
        if self._fences:
            self._advance_tail(tail)
        else:
            cells[TAIL] = tail + 1
            if (ticket := cells[SENDER_WAITS]) and self._senders_bell.rung_for < ticket <= tail + 1:
                sem_post(self._senders_bell.semaphore)
                self._senders_bell.rung_for = ticket
        return data

    @operation("take", blocks=False)
    def receive_nowait(self) -> bytes:
        """Take the oldest message out, or raise WouldBlock; never waits."""
        self._see_message("receive_nowait")
        return self.receive()

    @operation("take", argument=lambda *_: None, result=_filled)
    def receive_into(self, buffer: bytearray, timeout: float | None = None) -> int:
        """Take the oldest message out into `buffer`, and return its length. Blocks while there is none.

        `buffer` is a bytearray, or other contiguous memory that may be written; else Misuse is raised. Unlike `receive`
        it makes no new bytes. Raises TimedOut after `timeout` seconds, TooBig if the message is longer than `buffer`:
        then it stays in the ring. Signal handlers as in `receive`.
        """
        return self._taken_into("receive_into", buffer, timeout)

    @operation("take", blocks=False, argument=lambda *_: None, result=_filled)
    def receive_into_nowait(self, buffer: bytearray) -> int:
        """Take the oldest message out into `buffer`, or raise WouldBlock if there is none; never waits."""
        self._as_room("receive_into_nowait", buffer).release()       # what is wrong with it comes first
        self._see_message("receive_into_nowait")
        return self._taken_into("receive_into_nowait", buffer, None)

    def _taken_into(self, call: str, buffer: bytearray, timeout: float | None) -> int:
        with self._as_room(call, buffer) as room:            # even an error does not hold it for long
            try:
                tail = self._cells[TAIL]
                if tail >= self._sent_until:
                    self._await_message(call, tail, timeout)
                slot = tail % self.slots
                length = self._lengths[slot]
                if length > len(room):
                    raise self._too_small(call, length, len(room))
                room[:length] = self._slots[slot][:length]
            except ValueError as error:
                raise self._failed(call, error) from error
        self._advance_tail(tail)
        return length

    @operation("take")
    def peek(self, timeout: float | None = None) -> memoryview:
        """The oldest message, to read in its slot. `release` then takes it out. Blocks while there is none.

        Nothing is copied, and the sender does not get the slot back before `release`. Raises TimedOut after `timeout`
        seconds. To peek again gives the same view, and a new one if you have released it; who dies before it releases
        has taken nothing.
        """
        try:
            tail = self._cells[TAIL]
            if tail >= self._sent_until:
                self._await_message("peek", tail, timeout)
        except ValueError as error:
            raise self._failed("peek", error) from error
        if not _shows(self._peeked, tail):
            slot = tail % self.slots
            self._peeked = tail, self._slots[slot][:self._lengths[slot]].toreadonly()
        return self._peeked[1]

    @operation("take", blocks=False)
    def peek_nowait(self) -> memoryview:
        """The oldest message to read, or WouldBlock if there is none; never waits."""
        self._see_message("peek_nowait")
        return self.peek()

    @operation(blocks=False)
    def release(self) -> None:
        """Take out the message that `peek` showed: its slot is free, and the view from `peek` is over. Never waits.

        Raises Misuse if no message was peeked at, or one was received since.
        """
        self._finish("release", "peek", self._peeked, TAIL)
        tail, self._peeked = self._peeked[0], None
        self._advance_tail(tail)

    def _advance_tail(self, tail: int) -> None:
        cells = self._cells
        if self._weak:
            self._receivers_fence()                          # what we read of the message before the tail
        try:
            cells[TAIL] = tail + 1
            if self._fenced:
                self._receivers_fence()                      # the tail before the look at the flag
        finally:
            if (ticket := cells[SENDER_WAITS]) and self._senders_bell.rung_for < ticket <= tail + 1:
                sem_post(self._senders_bell.semaphore)
                self._senders_bell.rung_for = ticket

    def _finish(self, call: str, before: str, held: tuple[int, memoryview] | None, counter: int) -> None:
        """The view that `before` gave is over; its slot goes to the other side."""
        self._counted(call)                                  # if it is closed, that is what is wrong
        if held is None or held[0] != self._cells[counter]:
            raise errors.Misuse(call, self._title, hint=f"Call {before}() first, and nothing in between that moves the "
                                                        "ring on.")
        with contextlib.suppress(BufferError):               # a slice of it is in use: we cannot take that away
            held[1].release()
