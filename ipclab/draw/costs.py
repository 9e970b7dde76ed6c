"""Where the time of a message goes: system calls, the copy, the switch, and Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .figures import NAMES, size_text, time_text
from .measured import NARROW, WIDE, fit, picture
from .picture import Picture
from .plot import INK, PAPER, colour, legend, panels

__all__ = ["Parts", "cost_parts", "parts_of"]


@dataclass(frozen=True)
class Parts:
    """One message, one way, on one processor: where its nanoseconds go."""

    way: str
    size: int
    calls: float                     # the two calls of a small message that finds nobody asleep
    copy: float                      # what the message's size adds to that
    switch: float                    # putting one process to sleep and waking the other
    python: float                    # what Python adds to C

    @property
    def named(self) -> dict[str, float]:
        """The four parts by their names, in nanoseconds."""
        return {"system calls": self.calls, "copies and pages": self.copy, "switch": self.switch, "Python": self.python}


def parts_of(measurement: Any, way: str, size: int) -> Parts | None:
    """Told apart by subtraction, all on one processor. A stream of messages is not slept for, so its cost for each is
    the calls and, with its size, the copies; half a round trip has the same and a switch; Python's has Python besides.
    None if one of these was not measured."""
    trip = {r.twin: r.median / 2 for r in measurement.latency
            if (r.way, r.size, r.placement) == (way, size, "same")}
    stream = {r.size: r.cpu_ns for r in measurement.throughput
              if (r.way, r.twin, r.placement) == (way, "c", "same")}
    if not {"c", "python"} <= trip.keys() or not {64, size} <= stream.keys():
        return None
    small, large = stream[64], max(stream[size], stream[64])
    return Parts(way, size, small, large - small, max(trip["c"] - large, 0), max(trip["python"] - trip["c"], 0))


def cost_parts(measurement: Any, ways: Sequence[str] = ("pipe", "fifo", "unix_stream", "tcp"), *,
               sizes: Sequence[int] = (64, 4096), title: str = "Where the time of one message goes") -> Picture:
    """Each message one way, both processes on one processor, as a bar of its parts."""
    bars = [found for way in ways for size in sizes if (found := parts_of(measurement, way, size))]
    lines = [f"{_bar_name(bar)}: {_parts_text(bar)}." for bar in bars]
    shares = [100 * bar.switch / sum(bar.named.values()) for bar in bars]
    pythons = [100 * bar.python / sum(bar.named.values()) for bar in bars]
    summary = (f"{len(bars)} messages. The switch from one process to the other is {min(shares):.0f} to "
               f"{max(shares):.0f} % of the whole, Python {min(pythons):.0f} to {max(pythons):.0f} %.")
    return picture(measurement, title, summary, lines, lambda wide: _parts_figure(bars, wide))


def _bar_name(bar: Parts) -> str:
    return f"{NAMES[bar.way]}, {size_text(bar.size)}"


def _parts_text(bar: Parts) -> str:
    return ", ".join(f"{name} {time_text(ns)}" for name, ns in bar.named.items() if ns)


def _parts_figure(bars: Sequence[Parts], wide: bool):
    from matplotlib.patches import Patch

    figure, (axis,) = panels(WIDE if wide else NARROW, 52 * len(bars) + 96)
    looks = [{"facecolor": colour(0)}, {"facecolor": colour("line")}, {"facecolor": PAPER}, {"facecolor": INK}]
    for y, bar in enumerate(bars):
        left = 0.0
        for look, ns in zip(looks, bar.named.values(), strict=True):
            axis.barh(y + .06, ns / 1000, left=left / 1000, height=.42, edgecolor=INK, linewidth=1, **look)
            left += ns
        axis.text(0, y - .3, _bar_name(bar), fontsize=12, fontweight="bold", color=INK)
        axis.annotate(time_text(left), (left / 1000, y + .06), (5, 0), textcoords="offset points", fontsize=12,
                      color=INK, va="center")
    longest = max(sum(bar.named.values()) for bar in bars) / 1000
    axis.set_xlim(0, longest * (1.12 if wide else 1.24))
    axis.set_ylim(len(bars) - .55, -.75)
    axis.set_yticks([])
    axis.locator_params(axis="x", nbins=6 if wide else 4)
    axis.xaxis.set_major_formatter("{x:g} µs")
    legend(figure, [Patch(edgecolor=INK, linewidth=1, **look) for look in looks], bars[0].named,
           columns=4 if wide else 2)
    fit(figure, left=16, bottom=56 if wide else 76, top=6)
    return figure
