"""Figures in words: their units, and the names of what was measured."""

from __future__ import annotations

from typing import Any

__all__ = ["NAMES", "PLACES", "TWINS", "if_in_part", "rate_text", "size_text", "time_text", "two_digits"]

NAMES = {
    "pipe": "pipe", "fifo": "FIFO", "system_v_queue": "System V queue", "posix_queue": "POSIX queue",
    "system_v_semaphore": "memory + SysV sem.", "posix_semaphore": "memory + POSIX sem.", "eventfd": "memory + eventfd",
    "signal": "signal", "unix_stream": "UNIX stream", "unix_datagram": "UNIX datagram",
    "unix_seqpacket": "UNIX seqpacket", "tcp": "TCP", "process_vm_readv": "process_vm_readv",
    "ring": "ring, spinning", "blocking_ring": "ring, blocking", "multiprocessing_pipe": "mp.Pipe",
    "multiprocessing_queue": "mp.Queue", "memmove": "memory copy",
}
TWINS = {"c": "C", "python": "Python", "ipclab": "ipclab"}
PLACES = {"same": "one processor", "cross": "two processors"}


def time_text(ns: float) -> str:
    """Nanoseconds in the unit that fits, with two figures: "210 ns", "4.6 µs", "3.2 ms"."""
    unit, of = next((u, n) for u, n in (("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)) if ns < 999.5 * n or u == "s")
    return f"{two_digits(ns / of)} {unit}"


def rate_text(ns: float) -> str:
    """Messages a second, from the nanoseconds that one takes: "1.7 million/s", "310,000/s"."""
    rate = 1e9 / ns
    return f"{two_digits(rate / 1e6)} million/s" if rate >= 999_500 else f"{float(f'{rate:.2g}'):,.0f}/s"


def size_text(size: int) -> str:
    """Bytes in the unit that fits: "64 B", "4 KiB", "1 MiB"."""
    unit, of = next((u, n) for u, n in (("MiB", 2**20), ("KiB", 2**10), ("B", 1)) if size >= n or n == 1)
    return f"{size / of:g} {unit}"


def if_in_part(measurement: Any) -> str:
    """A sentence for the end of a summary, if what is drawn is of a run that was ended early; else ""."""
    return "" if measurement.whole else f" Of a part of a run only: {measurement.rounds} of {measurement.asked} rounds."


def two_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= .995 else f"{value:.2g}"
