"""A message's time and its context switches, by how many messages have room on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .figures import NAMES, PLACES, size_text, time_text, two_digits
from .measured import NARROW, WIDE, fit, log_axes, of_twin, picture, tick_text
from .picture import Picture
from .plot import INK, QUIET, legend, line, panels

__all__ = ["Curve", "cost_by_depth", "curves_of"]

NO_SWITCH = 1e-4                     # where a count of (nearly) nothing is drawn: a logarithmic axis has no zero


@dataclass(frozen=True)
class Curve:
    """One way on one placement: a point for each depth, or a level if nobody chooses how deep it is."""

    way: str
    placement: str
    rows: Sequence[Any]
    own: int = 0                     # of a level: how many messages it has room for

    @property
    def text(self) -> str:
        if self.own:
            return f"{_cost(self.rows[0])}, with room for {self.own:,}"
        return "; ".join(f"{_cost(row)} with {row.depth:,}" for row in self.rows)


def _cost(row: Any) -> str:
    return f"{time_text(row.ns)} and {two_digits(row.switches)} switches"


def curves_of(measurement: Any, ways: Iterable[str], beside: Mapping[str, int], size: int) -> list[Curve]:
    """The curves of `ways` and the levels of those `beside`, as far as they were measured from Python."""
    rows = [r for r in of_twin(measurement.throughput, "python") if r.size == size]
    found = []
    for place in PLACES:
        for way, own in [*dict.fromkeys(ways, 0).items(), *beside.items()]:
            these = sorted((r for r in rows if (r.way, r.placement) == (way, place)), key=lambda r: r.depth or 0)
            found += [Curve(way, place, these, own)] if these else []
    return found


def cost_by_depth(measurement: Any, ways: Sequence[str], beside: Mapping[str, int], *, size: int = 64,
                  title: str = "") -> Picture:
    """Messages one way through `ways` of several depths, and through those `beside`, each with its own room: a level
    with a mark where that room is. Above the time of a message, below its context switches."""
    curves = curves_of(measurement, ways, beside, size)
    title = title or f"A message of {size_text(size)}, by how many have room on the way"
    lines = [f"{NAMES[c.way]} on {PLACES[c.placement]}: {c.text}." for c in curves]
    return picture(measurement, title, _summary(curves), lines,
                   lambda wide: _figure(curves, [*ways, *beside], wide))


def _summary(curves: Sequence[Curve]) -> str:
    """What depth does, beside what the mechanism does."""
    said = ["Each message's time, and below it how many context switches it costs."]
    for place in dict.fromkeys(c.placement for c in curves):
        for first, *_, last in [c.rows for c in curves if c.placement == place and len(c.rows) > 1][:1]:
            said.append(f"On {PLACES[place]} {NAMES[first.way]} goes from {_cost(first)} with {first.depth} to "
                        f"{_cost(last)} with {last.depth:,}.")
        if levels := [c for c in curves if c.placement == place and c.own]:
            said.append(f"Beside it: {', '.join(f'{NAMES[c.way]} {time_text(c.rows[0].ns)}' for c in levels)}.")
    return " ".join(said)


def _figure(curves: Sequence[Curve], ways: Sequence[str], wide: bool):
    places = [place for place in PLACES if any(c.placement == place for c in curves)]
    across, down = (len(places), 2) if wide else (1, 2 * len(places))
    columns = 3 if wide else 1
    keys = -(-len(ways) // columns) * 20
    figure, axes = panels(WIDE if wide else NARROW, (210 if wide else 170) * down + 58 + keys, across, down,
                          wspace=.1, hspace=.26 if wide else .36)
    for i, place in enumerate(places):
        above, below = (axes[i], axes[i + across]) if wide else axes[2 * i:2 * i + 2]
        _panel(above, curves, ways, place, "time", _time, tick_text)
        _panel(below, curves, ways, place, "switches", _switches, "{:g}".format)
        for axis in (above, below):
            axis.tick_params(labelleft=not (wide and i))
    shown = [way for way in ways if any(c.way == way for c in curves)]
    legend(figure, [axes[0].plot([], [], **line(ways.index(way)))[0] for way in shown], [NAMES[way] for way in shown],
           columns=columns)
    for axis in axes[-across:]:
        axis.set_xlabel("messages that have room", color=QUIET)
    fit(figure, left=58, bottom=keys + 42, top=26)
    return figure


def _time(row: Any) -> float:
    return row.ns


def _switches(row: Any) -> float:
    return max(row.switches, NO_SWITCH)


def _panel(axis: Any, curves: Sequence[Curve], ways: Sequence[str], place: str, what: str,
           value_of: Callable[[Any], float], tick_of: Callable[[float], str]) -> None:
    """What is of this place, on the axes that all of `curves` have in common."""
    depths = sorted({row.depth for c in curves for row in c.rows if not c.own})
    for c in (c for c in curves if c.placement == place):
        values = [value_of(row) for row in c.rows]
        if c.own:
            axis.plot([depths[0], c.own, depths[-1]], values * 3, **line(ways.index(c.way)), markevery=[1])
        else:
            axis.plot([row.depth for row in c.rows], values, **line(ways.index(c.way)))
    log_axes(axis, {depth: str(depth) for depth in depths}, [value_of(r) for c in curves for r in c.rows], tick_of)
    axis.set_title(f"{what}, {PLACES[place]}", fontsize=12.5, fontweight="bold", color=INK, loc="left")
