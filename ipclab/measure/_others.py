"""The ways that are like no other: a signal, and reading the other process's memory."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
from collections.abc import Callable
from itertools import cycle

from ..mechanisms.signals import Signal
from ._slots import Eventfds, address_of, shared
from ._way import VARIANTS, End, Way, Work

__all__ = ["BareSignal", "IpclabSignal", "ProcessVmReadv"]

NUMBER = signal.SIGRTMIN
NOTHING = b"\0"                      # what a signal says beyond that it came; in C its distance from SIGRTMIN


class BareSignal(Way):
    """kill and sigwait. A signal carries no payload: that it came is all that it says."""

    kind = "SIGNAL"
    carries = throughput = False

    def make(self, work: Work) -> None:
        self.size = len(NOTHING)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [NUMBER])        # before the fork: none may come too early
        self.closing.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)

    def messages(self) -> list[bytes]:
        return [NOTHING] * VARIANTS

    def end(self, side: int) -> End:
        kill, peer, wait, numbers = os.kill, self.peer, signal.sigwait, [NUMBER]
        return End(lambda message: kill(peer, NUMBER), lambda: wait(numbers) == NUMBER and NOTHING)

    def native(self, side: int) -> dict[str, int]:
        return {}


class IpclabSignal(BareSignal):
    """What is sent to the other side, its pid, is also what comes back: the pid of who sent."""

    def messages(self) -> list[int]:
        return [self.peer] * VARIANTS

    def end(self, side: int) -> End:
        signal = Signal(NUMBER)
        return End(signal.send, lambda: signal.wait().si_pid)


class ProcessVmReadv(Eventfds):
    """The receiver copies out of the sender's own memory: one copy instead of two; eventfds say when."""

    kind = "PROCESS_VM_READV"
    has_depth = False

    def make(self, work: Work) -> None:
        super().make(Work(work.size, work.depth and VARIANTS))
        self.slots = VARIANTS                              # the messages where they lie, also when in turn

    def room(self, size: int) -> mmap.mmap:
        """Private: after the fork each process has its own, at the same address."""
        return shared(VARIANTS * self.size, self.closing, mmap.MAP_PRIVATE)

    def _stored(self, side: int) -> None:
        """Put the messages where only the other side's process_vm_readv finds them, and allow it (Yama, ptrace(2))."""
        self.memory[side][:] = b"".join(self.messages())
        _libc.prctl(PR_SET_PTRACER, ctypes.c_ulong(ANYBODY), 0, 0, 0)

    def end(self, side: int) -> End:
        self._stored(side)
        full_out, empty_out = self.full[side].up, self.empty[side] and self.empty[side].down
        full_in, empty_in = self.full[1 - side].down, self.empty[1 - side] and self.empty[1 - side].up
        copied = self._copying(address_of(self.memory[1 - side]))
        if self.in_turn:
            return End(lambda message: full_out(), lambda: (full_in(), copied())[1])
        return End(lambda message: (empty_out(), full_out()), lambda: (full_in(), copied(), empty_in())[1])

    def _copying(self, there: int) -> Callable[[], bytearray]:
        buffer = bytearray(self.size)
        here = _Stretch(ctypes.addressof(ctypes.c_char.from_buffer(buffer)), self.size)
        sources = [ctypes.byref(_Stretch(there + i * self.size, self.size)) for i in range(VARIANTS)]
        following, call, peer, size = cycle(sources).__next__, _libc.process_vm_readv, self.peer, self.size
        to = ctypes.byref(here)

        def copied() -> bytearray:
            if call(peer, to, 1, following(), 1, 0) != size:
                number = ctypes.get_errno()
                raise OSError(number, f"process_vm_readv: {os.strerror(number)}")
            return buffer
        return copied

    def native(self, side: int) -> dict[str, int]:
        self._stored(side)
        return super().native(side)


class _Stretch(ctypes.Structure):
    """struct iovec"""

    _fields_ = [("address", ctypes.c_void_p), ("size", ctypes.c_size_t)]


PR_SET_PTRACER, ANYBODY = 0x59616d61, 2**64 - 1
_libc = ctypes.CDLL(None, use_errno=True)
_libc.process_vm_readv.restype = ctypes.c_ssize_t
_libc.process_vm_readv.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong,
                                   ctypes.c_ulong]
