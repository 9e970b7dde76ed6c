"""A ring of messages in shared memory; `shared_memory` is the door to it.

One process sends, one receives, and neither enters the kernel unless it has to wait. The sender puts a message into the
slot at `head` and then moves `head`; the receiver takes the message at `tail` and then moves `tail`. Each of the two
counters has one writer and is one aligned cell, so no access to it tears, and each stands in a cache line of its own,
so the processors do not take each other's line away without need.

**Order.** Data before head, head before data; data before tail, tail before data. x86-64 keeps that by itself; on every
other machine a fence stands there (`_fences` says which, why, and from what source we know).

**Waiting.** Who finds nothing spins a little, then raises its flag, has a barrier happen, looks once more, and sleeps
on a semaphore; who moves a counter looks at the other's flag afterwards. "My store before my load of what the other
stores" must hold on both sides, or both may miss each other (Dekker). The sleeper pays for both: its membarrier(2)
makes a fence of wherever the other is, so that sending costs none. Where membarrier is refused, both sides fence.
A flag that is still up when nobody sleeps costs a needless wake-up; nobody sleeps with a flag that is down.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import time
from typing import Any

from .. import errors
from ..gate import operation
from . import _fences as fences
from . import _syscalls as syscalls
from ._memory import SharedMemory
from ._object import explained
from ._queues import Queue

__all__ = ["Ring"]

# Numbers of 8-byte cells. What one process writes often and the other reads is 128 bytes from all else: processors
# fetch lines of 64 bytes, some of them in pairs.
_HEAD, _TAIL = 0, 16
_RECEIVER_WAITS, _SENDER_WAITS = 32, 33
_FENCED = 48                                     # 1: the maker of the ring may not call membarrier
_RECEIVERS_BELL, _SENDERS_BELL = 64, 68          # a sem_t each
_LENGTHS = 80                                    # of the messages, one for each slot
_CELL, _LINE, _PAGE = 8, 64, 4096
_SPINS = 1000                                    # looks; as long as going to sleep and being woken would take, or so


def _content(self: Ring, n: int | None = None) -> memoryview | None:
    """What `publish(n)` gives."""
    return self._reserved[1][:n] if self._reserved else None


class Ring(Queue):
    """A queue of at most `slots` messages of at most `slot_size` bytes, from one process to one other.

    One process at a time may send and one receive; it can be the same one. Two senders at once would overwrite each
    other's messages. Messages come out in the order in which they were sent, whole. `send` copies a message in and
    `receive` copies it out; `reserve` and `publish`, `peek` and `release` let you write and read it in its slot. For
    large messages take few slots: the ring is fastest while it fits into the processor's cache.

    A process that waits looks `spin` times before it sleeps in the kernel. None: a thousand times if it may use more
    than one processor (sched_getaffinity(2)), else not at all, for the other could not come meanwhile.

    `kind` as for `SharedMemory`; a nameless ring cannot be left behind. `remove()` takes away a name, `close()` unmaps
    it here. Who dies while it sends or receives leaves a ring in order: the message is in, or not; out, or not; and
    another process may take its place. The other side is not told. It waits on, so give it a `timeout`.
    """

    family = "message ring"

    def __init__(self, slots: int = 64, slot_size: int = 4096, *, kind: str = "nameless", spin: int | None = None,
                 label: str | None = None, mode: int = 0o600):
        super().__init__(label)
        self._whole("Ring", "slots", slots, 1, 2**32)
        self._whole("Ring", "slot_size", slot_size, 1, 2**40)
        if spin is not None:
            self._whole("Ring", "spin", spin, 0, 2**62)
        self.slots, self.slot_size, self.spin = slots, slot_size, spin
        self._start = _rounded((_LENGTHS + slots) * _CELL, _PAGE)
        self._memory = SharedMemory(self._start + slots * self._stride, kind=kind, label=self.label, mode=mode)
        self._use()
        for bell in (self._receivers_bell, self._senders_bell):
            syscalls.sem_init(bell)
        self._fenced = not fences.reachable()
        self._cells[_FENCED] = self._fenced

    @property
    def _stride(self) -> int:
        return _rounded(self.slot_size, _LINE)

    def _use(self) -> None:
        """Everything that this process needs to get at the memory."""
        view = self._memory.view
        self._cells = view.cast("Q")
        starts = range(self._start, self._start + self.slots * self._stride, self._stride)
        self._slots = [view[start:start + self.slot_size] for start in starts]
        # To write into memory through ctypes takes half the time that a memoryview takes, and no slice for the length.
        box = ctypes.c_char * self.slot_size
        self._boxes = [box.from_buffer(view, start) for start in starts]
        self._messages = list(self._slots)       # by slot: a view as long as the last message there; most are alike
        base = ctypes.addressof(self._boxes[0]) - self._start
        self._receivers_bell, self._senders_bell = (base + bell * _CELL for bell in (_RECEIVERS_BELL, _SENDERS_BELL))
        self._room_until = self._sent_until = 0  # what we last saw of the other's counter, so as not to look each time
        self._reserved = self._peeked = None
        self._spins: int | None = None
        self._weak = not fences.keeps_order()
        self._senders_fence, self._receivers_fence = fences.Fence(), fences.Fence()

    # Sending

    @operation("give")
    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Put `data`, anything like bytes, in as one message. Blocks while the ring is full.

        It goes in as a whole or not at all; the receiver sees it only when it is complete. Raises TimedOut after
        `timeout` seconds with nothing sent, TooBig for more than `slot_size` bytes. Signal handlers run meanwhile, and
        it goes on waiting; one that interrupts `send` must not itself send into the same ring.
        """
        if data.__class__ is not bytes:
            data = self._as_bytes("send", data)
        cells = self._cells
        try:
            head = cells[_HEAD]
            if head >= self._room_until:
                self._await_room("send", head, timeout)
            slot = head % self.slots
            self._boxes[slot].raw = data
            if cells[_LENGTHS + slot] != len(data):              # mostly the same: then the line stays in both caches
                cells[_LENGTHS + slot] = len(data)
        except ValueError as error:
            raise self._failed("send", error, len(data)) from error
        self._advance_head(head)

    @operation("give", blocks=False)
    def send_nowait(self, data: bytes) -> None:
        """Put `data` in if there is room, else raise WouldBlock; never waits."""
        data = self._as_bytes("send_nowait", data)
        self._see_room("send_nowait")
        self.send(data)

    @operation()
    def reserve(self, timeout: float | None = None) -> memoryview:
        """The next free slot, `slot_size` bytes to write into; `publish` then sends it. Blocks while the ring is full.

        Whatever was in it before is still there. Raises TimedOut after `timeout` seconds. To reserve again gives the
        same slot; who dies before it publishes has sent nothing.
        """
        try:
            head = self._cells[_HEAD]
            if head >= self._room_until:
                self._await_room("reserve", head, timeout)
        except ValueError as error:
            raise self._failed("reserve", error) from error
        view = self._slots[head % self.slots][:]
        self._reserved = head, view
        return view

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
        try:
            head = self._cells[_HEAD]
            self._finished("publish", "reserve", self._reserved, head)
            self._cells[_LENGTHS + head % self.slots] = n
        except ValueError as error:
            raise self._failed("publish", error) from error
        self._reserved = None
        self._advance_head(head)

    def _advance_head(self, head: int) -> None:
        cells = self._cells
        if self._weak:
            self._senders_fence()                # the message before the head
        try:
            cells[_HEAD] = head + 1
            if self._fenced:
                self._senders_fence()            # the head before a look at the flag
        finally:                                 # also if a signal handler raised just now
            if cells[_RECEIVER_WAITS]:
                cells[_RECEIVER_WAITS] = 0       # the flag first: once the bell has rung it may be up again
                syscalls.sem_post(self._receivers_bell)

    # Receiving

    @operation("take")
    def receive(self, timeout: float | None = None) -> bytes:
        """Take the oldest message out. Blocks while there is none; raises TimedOut after `timeout` seconds.

        Signal handlers run meanwhile, and it goes on waiting; one that interrupts `receive` must not itself receive
        from the same ring.
        """
        cells = self._cells
        try:
            tail = cells[_TAIL]
            if tail >= self._sent_until:
                self._await_message("receive", tail, timeout)
            slot = tail % self.slots
            message, length = self._messages[slot], cells[_LENGTHS + slot]
            if len(message) != length:
                message = self._messages[slot] = self._slots[slot][:length]
        except ValueError as error:
            raise self._failed("receive", error) from error
        data = message.tobytes()
        self._advance_tail(tail)
        return data

    @operation("take", blocks=False)
    def receive_nowait(self) -> bytes:
        """Take the oldest message out, or raise WouldBlock; never waits."""
        self._see_message("receive_nowait")
        return self.receive()

    @operation("take")
    def peek(self, timeout: float | None = None) -> memoryview:
        """The oldest message, in its slot, to read; `release` then takes it out. Blocks while there is none.

        Nothing is copied, and the sender does not get the slot back before `release`. Raises TimedOut after `timeout`
        seconds. To peek again gives the same message; who dies before it releases has taken nothing.
        """
        try:
            tail = self._cells[_TAIL]
            if tail >= self._sent_until:
                self._await_message("peek", tail, timeout)
            slot = tail % self.slots
            view = self._slots[slot][:self._cells[_LENGTHS + slot]].toreadonly()
        except ValueError as error:
            raise self._failed("peek", error) from error
        self._peeked = tail, view
        return view

    @operation("take", blocks=False)
    def peek_nowait(self) -> memoryview:
        """The oldest message to read, or WouldBlock if there is none; never waits."""
        self._see_message("peek_nowait")
        return self.peek()

    @operation(blocks=False)
    def release(self) -> None:
        """Take out the message that `peek` showed; its slot is free, and the view that `peek` gave is over. Never waits.

        Raises Misuse if no message was peeked at, or one was received since.
        """
        try:
            tail = self._cells[_TAIL]
            self._finished("release", "peek", self._peeked, tail)
        except ValueError as error:
            raise self._failed("release", error) from error
        self._peeked = None
        self._advance_tail(tail)

    def _advance_tail(self, tail: int) -> None:
        cells = self._cells
        if self._weak:
            self._receivers_fence()              # what we read of the message before the tail
        try:
            cells[_TAIL] = tail + 1
            if self._fenced:
                self._receivers_fence()          # the tail before a look at the flag
        finally:
            if cells[_SENDER_WAITS]:
                cells[_SENDER_WAITS] = 0
                syscalls.sem_post(self._senders_bell)

    # Waiting

    def _await_room(self, call: str, head: int, timeout: float | None) -> None:
        full = head - self.slots                 # the tail, as long as there is no room
        tail = self._while(_TAIL, full, _SENDER_WAITS, self._senders_bell, call, timeout)
        self._room_until = tail + self.slots
        if self._weak:
            self._senders_fence()                # the tail before we write into the slot that it freed

    def _await_message(self, call: str, tail: int, timeout: float | None) -> None:
        self._sent_until = self._while(_HEAD, tail, _RECEIVER_WAITS, self._receivers_bell, call, timeout)
        if self._weak:
            self._receivers_fence()              # the head before the messages

    def _while(self, cell: int, value: int, flag: int, bell: int, call: str, timeout: float | None) -> int:
        """Wait while that cell holds `value`, and return what it holds then."""
        cells, deadline = self._cells, None if timeout is None else time.monotonic() + timeout
        if self._spins is None:
            self._spins = self._worth_spinning()
        for _ in range(1 + self._spins):
            if (now := cells[cell]) != value:
                return now
        self._spins = None                       # it may have other processors when it wakes
        try:
            while self._nothing_new(cell, value, flag):
                self._sleep(bell, deadline)
        except TimeoutError as error:
            if cells[cell] == value:
                raise self._out_of_time(call, timeout, _MISSING[flag]) from error
        finally:
            cells[flag] = 0
        return cells[cell]

    def _worth_spinning(self) -> int:
        if self.spin is None:
            return _SPINS if len(os.sched_getaffinity(0)) > 1 else 0
        return self.spin

    def _nothing_new(self, cell: int, value: int, flag: int) -> bool:
        """Raise the flag, and then look."""
        self._cells[flag] = 1
        if self._fenced:
            (self._senders_fence if flag == _SENDER_WAITS else self._receivers_fence)()
        else:
            self._barrier()
        return self._cells[cell] == value

    def _barrier(self) -> None:
        try:
            fences.barrier()
        except OSError as error:
            raise explained(error, "membarrier", self, _SANDBOX) from error

    def _sleep(self, bell: int, deadline: float | None) -> None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        with self._memory.view[:1], contextlib.suppress(InterruptedError):       # while we sleep nobody can unmap it
            syscalls.sem_wait(bell, left)

    # Looking

    def _see_room(self, call: str) -> None:
        if self._counted(call) >= self.slots:
            raise errors.WouldBlock(call, self._title, errno.EAGAIN, "It is full; call the plain verb to wait for room.")

    def _see_message(self, call: str) -> None:
        if not self._counted(call):
            raise errors.WouldBlock(call, self._title, errno.EAGAIN, "It is empty; call the plain verb to wait.")

    def _counted(self, call: str) -> int:
        try:
            return self._cells[_HEAD] - self._cells[_TAIL]
        except ValueError as error:
            raise self._failed(call, error) from error

    @property
    def waiting(self) -> int:
        """How many messages are in it at this moment. By the time you look at it, it may be another number."""
        return self._counted("waiting")

    def state(self) -> int | None:
        try:
            return self._cells[_HEAD] - self._cells[_TAIL]
        except ValueError:                       # closed here
            return None

    def capacity(self) -> int:
        return self.slots

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        waiting = self.state()
        if waiting is None or kind not in _NEEDS:
            return True
        return waiting > 0 if _NEEDS[kind] == "message" else waiting < self.slots

    # What goes wrong

    def _as_bytes(self, call: str, data: object) -> bytes | memoryview:
        try:
            return data if data.__class__ is bytes else memoryview(data).cast("B")
        except TypeError:
            raise errors.Misuse(call, self._title, hint=f"A message is bytes, not {type(data).__name__}; encode it "
                                                        "first, with text.encode() for example.") from None

    def _failed(self, call: str, error: Exception, length: int = 0) -> Exception:
        if self.state() is None:
            return errors.Closed(call, self._title, errno.EBADF, "It was closed in this process.")
        if length > self.slot_size:
            return errors.TooBig(call, self._title, errno.EMSGSIZE, f"The message has {length} bytes and a slot "
                                 f"{self.slot_size}. Send less at a time, or make the ring with a larger slot_size.")
        return error                             # a signal handler raised it

    def _finished(self, call: str, before: str, held: tuple[int, memoryview] | None, at: int) -> None:
        """The view that `before` gave is over; its slot goes to the other side."""
        if held is None or held[0] != at:
            raise errors.Misuse(call, self._title, hint=f"Call {before}() first, and nothing that moves the ring on "
                                                        "in between.")
        with contextlib.suppress(BufferError):   # a slice of it is in use: we cannot take that away
            held[1].release()

    # The memory

    def close(self) -> None:
        """Unmap it from this process; the other goes on. Raises Misuse while a slice of one of its views is in use."""
        for held in filter(None, (self._reserved, self._peeked)):
            with contextlib.suppress(BufferError):
                held[1].release()
        if self.state() is not None:
            self._cells.release()
        self._slots, self._boxes, self._messages, self._reserved, self._peeked = [], [], [], None, None
        try:
            self._memory.close()
        except errors.Misuse:
            self._use()
            raise

    def remove(self) -> None:
        """Take its key or name out of the kernel. Who has it mapped goes on using it, this process too."""
        self._memory.remove()

    def __exit__(self, *_: object) -> None:
        self.remove()
        with contextlib.suppress(errors.Misuse):             # a slice is in use: unmapped when that is gone
            self.close()

    def __getstate__(self) -> dict:
        kept = ("named", "label", "slots", "slot_size", "spin", "_start", "_memory", "_fenced")
        return {name: self.__dict__[name] for name in kept}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._use()
        if not self._fenced and not fences.reachable():
            raise errors.NotPermitted("membarrier", self._title, errno.EPERM, _SANDBOX)


_MISSING = {_RECEIVER_WAITS: "sent one", _SENDER_WAITS: "made room"}
_NEEDS = {"send": "room", "reserve": "room", "receive": "message", "peek": "message"}
_SANDBOX = ("This process may not call it, but the one that made the ring may (a sandbox?). Make the ring in a process "
            "that may not, and both do without.")


def _rounded(size: int, unit: int) -> int:
    return -(-size // unit) * unit
