"""What a measurement found, as plain data: pictures, tables and comparisons read this and nothing else.

A `Measurement` goes to a JSON file and back without loss. All times are nanoseconds. A latency is that of a **round
trip** (there and back); what is given per message of a throughput is for one message, one way. A mean would say little
of either: one round trip that met the scheduler outweighs a thousand that did not. So they are given as quantiles.
"""

from __future__ import annotations

import json
import math
import os
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Annotated

from .. import errors

__all__ = ["Latency", "Machine", "Measurement", "Throughput", "ecdf", "load", "quantile", "save", "thinned"]

VERSION = 1
MOST_SAMPLES = 2000                  # that a latency keeps; its quantiles are those of all
NOT_ZERO = "above zero, or not empty"                      # else tables and pictures could not divide by it
BEYOND = 2**63                       # no time, size or count that is measured gets there

Time = Annotated[float, NOT_ZERO]    # nanoseconds


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured."""

    cpu: str                         # the processor's name
    cpus: int                        # logical processors that this process may use
    kernel: str
    python: str
    compiler: str | None             # of the C twins; None: there was none
    date: str                        # ISO 8601, UTC
    hypervisor: str | None = None    # None: none was seen. In a virtual machine, waking another processor is dear
    load: float | None = None        # how many processes wanted to run when it began (1-minute load average)


@dataclass(frozen=True)
class Latency:
    """Round trips of one mechanism in one setting. CPU time, switches and system calls are of both sides together."""

    way: str                         # the mechanism: "pipe", "system_v_queue", …
    twin: str                        # "python" (the bare library calls), "ipclab" or "c"
    size: int                        # bytes of payload, there and back
    placement: str                   # "same": both processes on one processor; "cross": on two
    samples_ns: Annotated[tuple[Time, ...], NOT_ZERO]      # round trips, sorted; at most 2000, evenly spaced in rank
    median: Time
    q1: Time
    q3: Time
    p99: Time
    cpu_ns: float                    # processor time for a round trip, user and kernel
    switches: float                  # context switches for a round trip
    syscalls: float | None           # system calls for a round trip; None: not counted
    count: int = 0                   # round trips that the quantiles are of

    @classmethod
    def of(cls, way: str, twin: str, size: int, placement: str, samples_ns: Iterable[float], *,
           cpu_ns: float, switches: float, syscalls: float | None = None) -> Latency:
        """From all round trips as they were taken. `cpu_ns`, `switches`, `syscalls`: for one of them."""
        ordered = sorted(samples_ns)
        q1, median, q3, p99 = (quantile(ordered, q) for q in (.25, .5, .75, .99))
        return cls(way, twin, size, placement, thinned(ordered), median, q1, q3, p99, cpu_ns, switches, syscalls,
                   len(ordered))


@dataclass(frozen=True)
class Throughput:
    """Messages one way, as many as the mechanism takes, until the receiver has the last. Per message."""

    way: str
    twin: str
    size: Annotated[int, NOT_ZERO]
    placement: str
    depth: int | None                # messages that may be under way, where one chooses (slots of a ring); else None
    ns: Time                         # the median over the rounds
    q1: Time
    q3: Time
    cpu_ns: float                    # processor time of both sides
    switches: float
    syscalls: float | None
    repeats: int = 0                 # rounds that the quantiles are of

    @classmethod
    def of(cls, way: str, twin: str, size: int, placement: str, ns: Iterable[float], *, cpu_ns: float,
           switches: float, syscalls: float | None = None, depth: int | None = None) -> Throughput:
        """From the nanoseconds per message of each round."""
        ordered = sorted(ns)
        q1, median, q3 = (quantile(ordered, q) for q in (.25, .5, .75))
        return cls(way, twin, size, placement, depth, median, q1, q3, cpu_ns, switches, syscalls, len(ordered))

    @property
    def gigabytes_per_second(self) -> float:
        """Payload bytes per nanosecond, which is the same number."""
        return self.size / self.ns


@dataclass(frozen=True)
class Measurement:
    """All that one run found, on one machine."""

    machine: Machine
    latency: tuple[Latency, ...] = ()
    throughput: tuple[Throughput, ...] = ()
    seed: int = 0                    # of the order in which everything was measured
    rounds: int = 0                  # how often all of it was
    notes: tuple[str, ...] = ()      # what could not be measured here, and why
    asked: int = 0                   # how many rounds were asked for; 0: as many as there are

    @property
    def whole(self) -> bool:
        """Did the run come to its end? Of one that was ended early the rounds before are here, each of them whole."""
        return self.rounds >= self.asked

    def to_json(self) -> str:
        """One entry a line, so that two files can be compared by eye."""
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Measurement:
        """The measurement that `to_json` wrote. Raises ValueError, with what is wrong where, for anything else."""
        try:
            plain = json.loads(text)
        except RecursionError:
            raise ValueError("too much of it is inside one another") from None
        if not isinstance(plain, dict) or "version" not in plain:
            raise ValueError("it has no version")
        if plain.pop("version") != VERSION:
            raise ValueError(f"it is of another version than {VERSION}")
        return _made(cls, plain, "the file")


def save(measurement: Measurement, path: str | os.PathLike) -> None:
    """Write it to `path`; whoever reads meanwhile sees the old file or the new one, whole. Raises OSError."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(measurement.to_json())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | os.PathLike) -> Measurement:
    """The measurement in the file `path`. Raises NotFound or NotPermitted, and Misuse if it holds something else."""
    try:
        return Measurement.from_json(Path(path).read_text())
    except OSError as error:
        raise errors.from_os(error, "load", os.fspath(path), _WRITTEN_BY) from error
    except ValueError as error:
        raise errors.Misuse("load", os.fspath(path), hint=f"It holds no measurement: {error}. {_WRITTEN_BY}") from error


_WRITTEN_BY = "Give a file that `ipclab measure --out` wrote."


# --- statistics ---

def quantile(ordered: Sequence[float], q: float) -> float:
    """The value below which the share `q` (0 to 1) of the sorted numbers lies, interpolated between neighbours."""
    if not ordered:
        raise ValueError("no numbers, no quantile")
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def thinned(ordered: Sequence[float], most: int = MOST_SAMPLES) -> tuple[float, ...]:
    """At most `most` of the sorted numbers, the first and the last among them, at even distances in rank."""
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[round(i * (len(ordered) - 1) / (most - 1))] for i in range(most))


def ecdf(ordered: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The empirical distribution: the sorted numbers, and the share (0 to 1] of them that are no greater."""
    return tuple(ordered), tuple((i + 1) / len(ordered) for i in range(len(ordered)))


# --- from JSON, believing nothing ---

def _made(kind: type, plain: object, where: str):
    """The dataclass `kind` from a JSON object."""
    if not isinstance(plain, dict):
        raise ValueError(f"{where} is no JSON object")
    types_of = typing.get_type_hints(kind, include_extras=True)
    needed = {f.name for f in fields(kind) if f.default is MISSING}
    if wrong := sorted((plain.keys() - types_of.keys()) | (needed - plain.keys())):
        raise ValueError(f"{where} lacks, or should not have: {', '.join(map(str, wrong))}")
    return kind(**{name: _value(types_of[name], value, f"{where}, {name}") for name, value in plain.items()})


def _value(wanted: typing.Any, value: object, where: str) -> object:
    """`value` if it is of the type `wanted`: a dataclass, a tuple, str, int, float, or one of these or None.

    Annotated stands for a number that is not zero, or a tuple that is not empty.
    """
    if typing.get_origin(wanted) is Annotated:
        if not (found := _value(typing.get_args(wanted)[0], value, where)):
            raise ValueError(f"{where} is {value!r}")
        return found
    if isinstance(wanted, types.UnionType):
        return None if value is None else _value(typing.get_args(wanted)[0], value, where)
    if typing.get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{where} is no list")
        return tuple(_value(typing.get_args(wanted)[0], one, f"{where}[{i}]") for i, one in enumerate(value))
    if wanted not in (str, int, float):
        return _made(wanted, value, where)
    if type(value) not in ((int, float) if wanted is float else (wanted,)):
        raise ValueError(f"{where} is {value!r:.40}")
    if wanted is not str and not 0 <= value < BEYOND:
        raise ValueError(f"{where} is {value!r:.40}")
    return value
