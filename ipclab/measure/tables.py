"""Results as text: one run's tables, and two runs side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from .machine import CROSS, SAME
from .results import Latency, Machine, Measurement, Throughput, quantile
from .ways import TWINS

__all__ = ["compared", "differences", "machine_lines", "overview", "rounds_of", "run_lines", "summary"]

Row = tuple[str, ...]
UNCOUNTED = "?"


def duration(ns: float) -> str:
    """Nanoseconds in a unit that suits: "4.61 µs"."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= .9995 * size:                             # what would be shown as 1000 of the next smaller unit
            return f"{ns / size:.3g} {unit}" if ns < 999.5 * size else f"{ns / size:.0f} {unit}"
    return f"{ns:.3g} ns"


def bytes_of(size: int) -> str:
    for unit, power in (("MiB", 20), ("KiB", 10)):
        if size >= 2**power and size % 2**power == 0:
            return f"{size >> power} {unit}"
    return f"{size} B" if size else "no data"


def _number(value: float | None) -> str:
    return UNCOUNTED if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _table(heading: Row, rows: Iterable[Row], left: int = 2) -> list[str]:
    """In columns, the first ones to the left."""
    rows = [heading, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) if i < left else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]


def overview(measurement: Measurement) -> list[str]:
    """The medians only: a table for each size, with a row for each way (×64: of 64 slots)."""
    return [*_medians(measurement.latency, "Median round trip of {}", lambda one: one.median),
            *_medians(measurement.throughput, "Median time of a message of {}, one way", lambda one: one.ns)]


def _medians(results: Iterable[Latency | Throughput], title: str, time_of: Callable) -> Iterator[str]:
    for size, some in groupby(sorted(results, key=lambda one: one.size), lambda one: one.size):
        rows: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        for one in some:
            rows[_name(one)][one.placement, one.twin] = duration(time_of(one))
        columns = [(place, twin) for place in (SAME, CROSS) for twin in TWINS
                   if any((place, twin) in row for row in rows.values())]
        yield title.format(bytes_of(size))
        cells = [(name, *(row.get(column, "") for column in columns)) for name, row in rows.items()]
        yield from _table(("", *(_ON[place] for place, _ in columns)),
                          [("", *(twin for _, twin in columns)), *cells], left=1)
        yield ""


def _name(one: Latency | Throughput) -> str:
    """With the number of slots, if it has them."""
    depth = getattr(one, "depth", None)
    return f"{one.way} ×{depth}" if depth else one.way


_ON = {SAME: "one cpu", CROSS: "two cpus"}


def summary(measurement: Measurement) -> list[str]:
    """All of it in tables of the terminal's width: one for each size and placement, the quickest first."""
    return [*_tables(measurement.latency, "Round trip of {}", _LATENCY, lambda one: one.median),
            *_tables(measurement.throughput, "One way, messages of {}", _THROUGHPUT, lambda one: one.ns)]


def _three_digits(value: float) -> str:
    """And none after the third decimal: "0.046", "4.61", "46.1", "461", "4610"."""
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2 if value >= .9995 else 3}f}"


def _microseconds(ns: float) -> str:
    return _three_digits(ns / 1000)


_Columns = dict[str, Callable[[Any], str]]
_COMMON: _Columns = {"CPU": lambda one: _microseconds(one.cpu_ns), "switch": lambda one: _number(one.switches),
                     "calls": lambda one: _number(one.syscalls)}
_FIRST: _Columns = {"µs": _name, "by": lambda one: one.twin, "25 %": lambda one: _microseconds(one.q1)}
_THIRD: _Columns = {"75 %": lambda one: _microseconds(one.q3)}
_LATENCY: _Columns = {**_FIRST, "50 %": lambda one: _microseconds(one.median), **_THIRD,
                      "99 %": lambda one: _microseconds(one.p99), **_COMMON}
_THROUGHPUT: _Columns = {**_FIRST, "50 %": lambda one: _microseconds(one.ns), **_THIRD,
                         "GB/s": lambda one: _three_digits(one.gigabytes_per_second), **_COMMON}


def _tables(results: Iterable[Latency | Throughput], title: str, columns: _Columns, time_of: Callable) -> Iterator[str]:
    def group(one: Latency | Throughput) -> tuple[int, bool]:
        return one.size, one.placement != SAME

    ordered = sorted(results, key=lambda one: (*group(one), time_of(one)))
    for (size, apart), some in groupby(ordered, group):
        rows = [{name: cell(one) for name, cell in columns.items()} for one in some]
        if all(row["calls"] == UNCOUNTED for row in rows):
            rows = [{name: cell for name, cell in row.items() if name != "calls"} for row in rows]
        yield f"{title.format(bytes_of(size))}, {'two processors' if apart else 'one processor'}"
        yield from _table((*rows[0],), [(*row.values(),) for row in rows])
        yield ""


def run_lines(measurement: Measurement) -> list[str]:
    """The machine, when it was, and how much of the run there is."""
    return [*machine_lines(measurement.machine), f"{rounds_of(measurement)}, in random order"]


def rounds_of(measurement: Measurement) -> str:
    """As "7 rounds", or, of a run that was ended early, "part of a run: 4 of 7 rounds"."""
    done, asked = measurement.rounds, measurement.asked
    if measurement.whole:
        return f"{done} round{'s' if done != 1 else ''}"
    return f"part of a run: {done} of {asked} rounds"


def machine_lines(machine: Machine) -> list[str]:
    kind = "" if machine.hypervisor in (None, "unknown") else f" ({machine.hypervisor})"
    where = f", in a virtual machine{kind}" if machine.hypervisor else ""
    load = "" if machine.load is None else f", load {machine.load:g} when it began"
    return [f"{machine.cpu}, {machine.cpus} logical processor{'s' if machine.cpus != 1 else ''}{where}",
            f"{machine.kernel}, {machine.python}, {machine.compiler or 'no C compiler'}",
            f"measured {machine.date}{load}"]


# --- two runs ---

def compared(one: Measurement, other: Measurement) -> list[str]:
    """What both have: the medians, and the second's divided by the first's. Empty if they have nothing in common."""
    pairs = [*_pairs("round trip", one.latency, other.latency, lambda found: found.median),
             *_pairs("one way", one.throughput, other.throughput, lambda found: found.ns)]
    heading = "", "by", "what", "size", "on", "slots", "first", "second", "ratio"
    rows = [(*row, duration(a), duration(b), f"{b / a:.2f}" if a else "?") for row, a, b in pairs]
    return [*_table(heading, rows), "", *_in_short([b / a for _, a, b in pairs if a])] if rows else []


def _in_short(ratios: Iterable[float]) -> Iterator[str]:
    if ordered := sorted(ratios):
        q1, median, q3 = (quantile(ordered, q) for q in (.25, .5, .75))
        yield f"The median of the {len(ordered)} ratios is {median:.2f}; half of them lie from {q1:.2f} to {q3:.2f}."


def _pairs(what: str, some: Iterable, others: Iterable, time_of: Callable) -> Iterator[tuple[Row, float, float]]:
    first, second = _keyed(some), _keyed(others)
    for key in filter(second.__contains__, first):
        way, twin, size, placement, depth = key
        yield ((way, twin, what, bytes_of(size), placement, str(depth or "–")),
               time_of(first[key]), time_of(second[key]))


def _keyed(results: Iterable[Latency | Throughput]) -> dict[tuple, Latency | Throughput]:
    return {(one.way, one.twin, one.size, one.placement, getattr(one, "depth", None)): one for one in results}


def differences(one: Machine, other: Machine) -> Iterator[str]:
    """In what the machines differ."""
    for name in ("cpu", "cpus", "hypervisor", "kernel", "python", "compiler"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name}: {getattr(one, name)} | {getattr(other, name)}"
