"""The table of all ways to move a message that are measured, and of who makes the calls: Python, ipclab or C."""

from __future__ import annotations

from . import _others, _queues, _slots, _streams
from ._way import Way, Work

__all__ = ["C", "IPCLAB", "PYTHON", "TWINS", "WAYS", "Way", "made"]

PYTHON, IPCLAB, C = TWINS = ("python", "ipclab", "c")      # bare library calls, the same through ipclab, the same in C

# name: who makes the calls
WAYS: dict[str, dict[str, type[Way]]] = {
    "pipe": {PYTHON: _streams.BarePipe, IPCLAB: _streams.IpclabPipe},
    "fifo": {PYTHON: _streams.BareFifo, IPCLAB: _streams.IpclabFifo},
    "system_v_queue": {PYTHON: _queues.BareSystemVQueue, IPCLAB: _queues.IpclabSystemVQueue},
    "posix_queue": {PYTHON: _queues.BarePosixQueue, IPCLAB: _queues.IpclabPosixQueue},
    "system_v_semaphore": {PYTHON: _slots.SystemVSemaphores, IPCLAB: _slots.IpclabSystemVSemaphores},
    "posix_semaphore": {PYTHON: _slots.PosixSemaphores, IPCLAB: _slots.IpclabPosixSemaphores},
    "eventfd": {PYTHON: _slots.Eventfds},
    "signal": {PYTHON: _others.BareSignal, IPCLAB: _others.IpclabSignal},
    "unix_stream": {PYTHON: _streams.StreamPair, IPCLAB: _streams.IpclabStreamPair},
    "unix_datagram": {PYTHON: _streams.DatagramPair, IPCLAB: _streams.IpclabDatagramPair},
    "unix_seqpacket": {PYTHON: _streams.SeqpacketPair, IPCLAB: _streams.IpclabSeqpacketPair},
    "tcp": {PYTHON: _streams.Tcp, IPCLAB: _streams.IpclabTcp},
    "process_vm_readv": {PYTHON: _others.ProcessVmReadv},
    "ring": {IPCLAB: _slots.IpclabRing, C: _slots.SpinningRing},
    "blocking_ring": {IPCLAB: _slots.IpclabBlockingRing},
    "multiprocessing_pipe": {PYTHON: _queues.MultiprocessingPipe},
    "multiprocessing_queue": {PYTHON: _queues.MultiprocessingQueue},
    "memmove": {PYTHON: _slots.Memmove},
}
for _twins in WAYS.values():                               # C makes the same calls on the objects of the bare ones
    if PYTHON in _twins and _twins[PYTHON].kind:
        _twins[C] = _twins[PYTHON]


def made(way: str, twin: str, work: Work) -> Way:
    """Its kernel objects, made now. Raises OSError or an error of ipclab or of a library where that cannot be had."""
    return WAYS[way][twin](work)
