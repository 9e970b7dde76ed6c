"""Ways through shared memory, where a counter in the kernel, or a spinning processor, says whose turn it is."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any

import posix_ipc
import sysv_ipc

from ..mechanisms import _syscalls as syscalls
from ..mechanisms import ledger
from ..mechanisms._systemv import made
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import Ring, SharedMemory
from ._way import VARIANTS, End, Way, Work, named_at_first

__all__ = ["Eventfds", "IpclabBlockingRing", "IpclabPosixSemaphores", "IpclabRing", "IpclabSystemVSemaphores",
           "Memmove", "PosixSemaphores", "SpinningRing", "SystemVSemaphores", "address_of", "shared"]

NONE = -1                            # no such counter; as in twin.c
HEADER = 128                         # bytes before the slots of twin.c's struct ring: two cache lines


def address_of(map: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(map))


def shared(size: int, closing: Any, flags: int = mmap.MAP_SHARED) -> mmap.mmap:
    """Anonymous memory for this process and those forked from it, touched already: the first touch is dear."""
    made = mmap.mmap(-1, size, flags=flags | mmap.MAP_ANONYMOUS)
    closing.callback(made.close)
    made[:] = bytes(size)
    return made


class Counted(Way):
    """Slots in shared memory for each direction, with a counter of the full ones and one of the empty ones.

    Strictly in turn there is one slot and no need to count the empty ones: who answers has emptied it.
    """

    has_depth = True

    def make(self, work: Work) -> None:
        self.in_turn, self.slots = work.depth is None, work.depth or 1
        self.memory = [self.room(self.slots * work.size) for _ in range(2)]        # side 0 fills the first
        self.full = [self.counter(0) for _ in range(2)]
        self.empty = [None if self.in_turn else self.counter(self.slots) for _ in range(2)]

    def room(self, size: int) -> mmap.mmap:
        return shared(size, self.closing)

    def counter(self, value: int) -> Any:
        """A new counter with `up` (never waits), `down` (waits while it is zero) and `handle`, its name in C."""
        raise NotImplementedError

    def views(self, side: int) -> list[memoryview]:
        whole = memoryview(self.memory[side])
        return [whole[i * self.size:(i + 1) * self.size] for i in range(self.slots)]

    def end(self, side: int) -> End:
        full_out, full_in = self.full[side].up, self.full[1 - side].down
        buffer = bytearray(self.size)
        if self.in_turn:
            return _in_turn(self.views(side)[0], full_out, self.views(1 - side)[0], full_in, buffer)
        return End(_filling(self.views(side), self.empty[side].down, full_out),
                   _emptying(self.views(1 - side), full_in, self.empty[1 - side].up, buffer))

    def native(self, side: int) -> dict[str, int]:
        handles = {"full_out": self.full[side], "full_in": self.full[1 - side],
                   "empty_out": self.empty[side], "empty_in": self.empty[1 - side]}
        return {"depth": self.slots, "slots_out": address_of(self.memory[side]),
                "slots_in": address_of(self.memory[1 - side]),
                **{name: counter.handle if counter else NONE for name, counter in handles.items()}}


def _in_turn(slot_out: memoryview, full_out: Callable, slot_in: memoryview, full_in: Callable,
             buffer: bytearray) -> End:
    view = memoryview(buffer)

    def send(message: bytes) -> None:
        slot_out[:] = message
        full_out()

    def receive() -> bytearray:
        full_in()
        view[:] = slot_in
        return buffer
    return End(send, receive)


def _filling(slots: list[memoryview], empty: Callable, full: Callable) -> Callable[[bytes], None]:
    following = cycle(slots).__next__

    def send(message: bytes) -> None:
        empty()
        following()[:] = message
        full()
    return send


def _emptying(slots: list[memoryview], full: Callable, empty: Callable, buffer: bytearray) -> Callable[[], bytearray]:
    following, view = cycle(slots).__next__, memoryview(buffer)

    def receive() -> bytearray:
        full()
        view[:] = following()
        empty()
        return buffer
    return receive


class _Counter:
    def __init__(self, up: Callable, down: Callable, handle: int):
        self.up, self.down, self.handle = up, down, handle


class SystemVSemaphores(Counted):
    kind = "SYSTEM_V_SEMAPHORE"

    def counter(self, value: int) -> _Counter:
        semaphore = made(sysv_ipc.Semaphore, "sysv sem", initial_value=value)
        self.closing.callback(ledger.release, "sysv sem", semaphore.key)
        self.closing.callback(semaphore.remove)
        return _Counter(semaphore.V, semaphore.P, semaphore.id)


class PosixSemaphores(Counted):
    kind = "POSIX_SEMAPHORE"

    def counter(self, value: int) -> _Counter:
        with named_at_first("posix sem") as name:
            made = posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=value)
            self.closing.callback(made.close)
            address = syscalls.sem_open(name)              # the same mapping, counted twice
            self.closing.callback(_libc.sem_close, ctypes.c_void_p(address))
        return _Counter(made.release, made.acquire, address)


class Eventfds(Counted):
    kind = "EVENTFD"

    def counter(self, value: int) -> _Counter:
        made = os.eventfd(value, os.EFD_SEMAPHORE)         # a read takes one, not all
        self.closing.callback(os.close, made)
        return _Counter(partial(os.eventfd_write, made, 1), partial(os.eventfd_read, made), made)


class IpclabSystemVSemaphores(Counted):
    def room(self, size: int) -> memoryview:
        memory = self.closing.enter_context(SharedMemory(size, kind="anonymous"))
        memory.view[:] = bytes(size)
        return memory.view

    def counter(self, value: int) -> _Counter:
        made = self.closing.enter_context(Semaphore(value))
        return _Counter(made.V, made.P, NONE)


class IpclabPosixSemaphores(IpclabSystemVSemaphores):
    def counter(self, value: int) -> _Counter:
        made = PosixSemaphore(value)
        made.remove()                                      # the name; whoever has it open goes on
        return _Counter(made.V, made.P, NONE)


class SpinningRing(Way):
    """C's ring of twin.c: both sides ask again and again, and never call the kernel."""

    kind = "RING"
    has_depth = True

    def make(self, work: Work) -> None:
        self.slots = work.depth or 1
        self.rings = [shared(HEADER + self.slots * work.size, self.closing) for _ in range(2)]

    def native(self, side: int) -> dict[str, int]:
        return {"depth": self.slots, "slots_out": address_of(self.rings[side]),
                "slots_in": address_of(self.rings[1 - side])}


class IpclabRing(Way):
    """ipclab's ring, which never sleeps here."""

    has_depth = True
    spin = 2**62

    def make(self, work: Work) -> None:
        self.rings = [self.closing.enter_context(Ring(work.depth or VARIANTS, work.size, spin=self.spin))
                      for _ in range(2)]

    def end(self, side: int) -> End:
        return End(self.rings[side].send, self.rings[1 - side].receive)


class IpclabBlockingRing(IpclabRing):
    """The same ring, whose users sleep at once when they have to wait."""

    spin = 0


class Memmove(Way):
    """No other process at all: what copying a message once costs, in memory touched before."""

    kind = "MEMMOVE"
    latency = False
    alone = True

    def make(self, work: Work) -> None:
        self.target = shared(work.size, self.closing)

    def end(self, side: int) -> End:
        target = memoryview(self.target)

        def send(message: bytes) -> None:
            target[:] = message
        return End(send, None)

    def native(self, side: int) -> dict[str, int]:
        return {"slots_out": address_of(self.target)}


_libc = ctypes.CDLL(None)
