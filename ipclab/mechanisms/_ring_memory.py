"""Where everything of a `Ring` is in its memory, and how that memory comes and goes."""

from __future__ import annotations

import contextlib
import ctypes
import errno
from typing import Any

from .. import errors
from . import _syscalls as syscalls
from ._fences import Fence, keeps_order, reachable
from ._memory import Mapped
from ._object import explained, within
from ._queues import Queue
from ._segments import Way
from ._waiting import Bell, Waiter

__all__ = ["HEAD", "RECEIVER_WAITS", "RingMemory", "SENDER_WAITS", "TAIL"]

# Numbers of 8-byte cells. What one process writes often is 128 bytes from all else: the processors take each other's
# lines away, of 64 bytes each, and fetch some of them in pairs.
HEAD, TAIL = 0, 16
RECEIVER_WAITS, SENDER_WAITS = 32, 33            # 0, or the ticket of who waits (`_waiting`)
RECEIVERS_BELL, SENDERS_BELL = 48, 52            # a semaphore each
LENGTHS = 64                                     # of the messages, one for each slot
CELL, LINE, PAGE = 8, 64, 4096


class RingMemory(Queue, Mapped):
    """What a ring is but for its operations: memory, looks at it, and errors."""

    def __init__(self, slots: int, slot_size: int, kind: str, spin: int | None, label: str | None, mode: int):
        self._known("Ring", kind)
        super().__init__(label)
        self._whole("Ring", "slots", slots, 1, 2**32)
        self._whole("Ring", "slot_size", slot_size, 1, 2**40)
        if spin is not None:
            self._whole("Ring", "spin", spin, 0, 2**62)
        self.slots, self.slot_size, self._spin = slots, slot_size, spin
        self._fenced = not reachable()           # no membarrier here: then both sides fence
        start, stride = _rounded((LENGTHS + slots) * CELL, PAGE), _rounded(slot_size, LINE)
        self._starts = range(start, start + slots * stride, stride)
        self._map(kind, self._starts.stop, mode)
        for bell in (self._receivers_bell, self._senders_bell):
            syscalls.sem_init(bell.semaphore)

    def _use(self, way: Way) -> None:
        """All that this process needs to get at the memory."""
        super()._use(way)
        view = way.view
        self._cells = view.cast("Q")
        self._lengths = self._cells[LENGTHS:LENGTHS + self.slots]
        self._slots = [view[start:start + self.slot_size] for start in self._starts]
        # To copy through ctypes takes about half the time that it takes through a view.
        box = ctypes.c_char * self.slot_size
        self._boxes = [box.from_buffer(view, start) for start in self._starts]
        self._room_until = self._sent_until = 0  # as we last saw the other's counter, so as not to look each time
        self._reserved: tuple[int, memoryview] | None = None
        self._peeked: tuple[int, memoryview] | None = None
        self._use_waiters(ctypes.addressof(self._boxes[0]) - self._starts[0])

    def _use_waiters(self, base: int) -> None:
        self._weak = not keeps_order()
        self._fences = self._weak or self._fenced
        receivers, senders = self._receivers_bell, self._senders_bell = [
            Bell(self._cells, cell, flag, syscalls.reference(base + bell * CELL))
            for cell, flag, bell in ((HEAD, RECEIVER_WAITS, RECEIVERS_BELL), (TAIL, SENDER_WAITS, SENDERS_BELL))]
        self._senders_fence, self._receivers_fence = Fence(), Fence()
        self._receiver = Waiter(self._cells, HEAD, receivers, senders,
                                self._receivers_fence if self._fenced else None, self._spin)
        self._sender = Waiter(self._cells, TAIL, senders, receivers,
                              self._senders_fence if self._fenced else None, self._spin)

    # Looking

    @property
    def waiting(self) -> int:
        """How many messages are in it at this moment. By the time you look at it, it may be another number."""
        return self._counted("waiting")

    def _counted(self, call: str) -> int:
        try:
            return self._cells[HEAD] - self._cells[TAIL]
        except ValueError as error:
            raise self._failed(call, error) from error

    def state(self) -> int | None:
        try:
            return self._cells[HEAD] - self._cells[TAIL]
        except ValueError:                       # closed here
            return None

    def capacity(self) -> int:
        return self.slots

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        waiting = self.state()
        if kind in ("send", "reserve"):
            return waiting is None or waiting < self.slots
        return kind not in ("receive", "receive_into", "peek") or waiting is None or waiting > 0

    def _see_room(self, call: str) -> None:
        if self._counted(call) >= self.slots:
            self._receivers_bell.ring()          # as who goes to sleep does: perhaps this one will only ever try
            raise errors.WouldBlock(call, self._title, errno.EAGAIN, "It is full; call the plain verb to wait.")

    def _see_message(self, call: str) -> None:
        if not self._counted(call):
            self._senders_bell.ring()
            raise errors.WouldBlock(call, self._title, errno.EAGAIN, "It is empty; call the plain verb to wait.")

    # Waiting

    def _await_room(self, call: str, head: int, timeout: float | None) -> None:
        full = head - self.slots                 # what the tail is while there is no room
        self._room_until = self.slots + self._waited(self._sender, full, call, timeout, "made room")
        if self._weak:
            self._senders_fence()                # the tail before we write into the slot that it freed

    def _await_message(self, call: str, tail: int, timeout: float | None) -> None:
        self._sent_until = self._waited(self._receiver, tail, call, timeout, "sent one")
        if self._weak:
            self._receivers_fence()              # the head before the messages behind it

    def _waited(self, waiter: Waiter, value: int, call: str, timeout: float | None, missing: str) -> int:
        try:
            return waiter.wait_while(value, timeout)
        except TimeoutError as error:
            raise explained(error, call, self,
                            f"Nobody {missing} {within(timeout or 0)}; messages waiting: {self.state()}.")
        except OSError as error:
            raise explained(error, call, self, _SANDBOX)

    # What goes wrong

    def _as_bytes(self, call: str, data: object) -> bytes | memoryview:
        try:
            return data if data.__class__ is bytes else memoryview(data).cast("B")
        except TypeError:
            raise errors.Misuse(call, self._title, hint=f"A message is bytes or contiguous memory, and this "
                                f"{type(data).__name__} is not; make bytes of it first, with bytes(view) or "
                                "text.encode() for example.") from None

    def _as_room(self, call: str, buffer: object) -> memoryview:
        try:
            room = memoryview(buffer).cast("B")
        except TypeError:                        # it is no memory, or not contiguous
            room = None
        if room is None or room.readonly:
            raise errors.Misuse(call, self._title, hint=f"This {type(buffer).__name__} cannot be filled; give it "
                                f"contiguous memory that may be written, bytearray({self.slot_size}) for example.")
        return room

    def _too_small(self, call: str, length: int, room: int) -> errors.TooBig:
        return errors.TooBig(call, self._title, errno.EMSGSIZE, f"The message has {length} bytes and the buffer "
                             f"{room}. It is still in the ring; take it out into a larger buffer.")

    def _failed(self, call: str, error: Exception, length: int = 0) -> Exception:
        if self.state() is None:
            return errors.Closed(call, self._title, errno.EBADF, "It was closed in this process.")
        if length > self.slot_size:
            return self._too_big(call, length)
        return error                             # a signal handler raised it

    def _too_big(self, call: str, length: int) -> errors.TooBig:
        return errors.TooBig(call, self._title, errno.EMSGSIZE, f"The message has {length} bytes and a slot "
                             f"{self.slot_size}. Send less at a time, or make the ring with a larger slot_size.")

    # The memory

    def close(self) -> None:
        """Unmap it from this process; the other goes on. A signal handler may do so: what it interrupts says Closed.

        Raises Misuse while a slice of one of its views is in use, or another thread sleeps in it. Then, too, no
        operation is possible here any more; close it again when that has ended.
        """
        for _, view in filter(None, (self._reserved, self._peeked)):
            with contextlib.suppress(BufferError):
                view.release()
        self._cells.release(), self._lengths.release()
        self._slots, self._boxes, self._reserved, self._peeked = [], [], None, None
        # A sleep that this handler interrupts may be about to touch its semaphore: the memory stays until it ends.
        if not any([waiter.after_sleep(self._unmap) for waiter in (self._sender, self._receiver)]):
            super().close()

    def _unmap(self) -> None:
        with contextlib.suppress(errors.Misuse):             # another sleep further out: unmapped when that ends, too
            super().close()

    def __getstate__(self) -> dict:
        kept = ("named", "label", "slots", "slot_size", "_spin", "_starts", "_way", "_fenced")
        return {name: value for name, value in super().__getstate__().items() if name in kept}

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        if not self._fenced and not reachable():
            self.close()
            raise errors.NotPermitted("membarrier", self._title, errno.EPERM, _SANDBOX)


_SANDBOX = ("This process may not call membarrier, but the one that made the ring may. Is this one in a sandbox? Make "
            "the ring in it, and both do without.")


def _rounded(size: int, unit: int) -> int:
    return -(-size // unit) * unit
