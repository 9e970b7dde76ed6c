"""Signals by name: Python knows only the first and the last real-time signal; the others count from the first."""

from __future__ import annotations

import signal

from .. import errors

__all__ = ["name_of", "number_of"]


def number_of(which: str | int) -> int:
    """The number for "USR1", "SIGUSR1", "SIGRTMIN+1" or a number. Raises Misuse for what is no signal here."""
    try:
        return _valid(_by_name(which) if isinstance(which, str) else int(which))
    except (KeyError, ValueError, TypeError):
        raise errors.Misuse("Signal", repr(which), hint="No such signal; `kill -l` lists them.") from None


def _by_name(name: str) -> int:
    base, _, offset = name.upper().removeprefix("SIG").partition("+")
    return signal.Signals["SIG" + base] + int(offset or 0)


def _valid(number: int) -> int:
    if number not in signal.valid_signals():
        raise ValueError(number)
    return number


def name_of(number: int) -> str:
    """"SIGUSR1" for its number; real-time signals without a name of their own count from "SIGRTMIN+1"."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"
