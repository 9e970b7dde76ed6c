"""A measurement drawn: latency, its distribution, throughput.

    measurement = ipclab.measure.results.load("measured.json")
    latency_by_placement(measurement)          each mechanism on one processor and on two
    round_trips(measurement, ("pipe", "ring")) all round trips, not one number: the ECDF
    throughput_by_size(measurement)            up to 1 MiB, with the memory copy above it

`depths.py` draws what the number of slots does, `costs.py` the parts of one message.
Each returns a Picture in two layouts, for a page and for a phone, with every number in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .figures import NAMES, PLACES, TWINS, if_in_part, size_text, time_text, two_digits
from .picture import Picture
from .plot import INK, QUIET, colour, drawing, legend, line, panels, points

__all__ = ["NARROW", "WIDE", "fit", "latency_by_placement", "log_axes", "of_twin", "picture", "round_trips",
           "throughput_by_size", "tick_text"]

TAIL = {"linestyle": "none", "marker": "|", "markersize": 9, "markeredgewidth": 1.6}
WIDE, NARROW = 620, 308
CURVES = ("pipe", "unix_stream", "tcp", "posix_queue", "system_v_queue", "ring", "blocking_ring", "process_vm_readv",
          "multiprocessing_queue")


def of_twin(rows: Iterable[Any], twin: str) -> list[Any]:
    """The rows of C, or of Python: there the bare calls, and `ipclab` for what only `ipclab` has."""
    rows = list(rows)
    bare = {r.way for r in rows if r.twin == "python"}
    return [r for r in rows if r.twin == twin or (twin, r.twin) == ("python", "ipclab") and r.way not in bare]


def picture(measurement: Any, title: str, summary: str, lines: Iterable[str],
            figure_of: Callable[[bool], Any]) -> Picture:
    """Both layouts of it: `figure_of(True)` for a page, `figure_of(False)` for a phone."""
    summary += if_in_part(measurement)
    wide, narrow = (drawing(figure_of(wide), title, summary) for wide in (True, False))
    return Picture(wide, title, summary, tuple(lines), narrow=narrow)


# --- latency ---

def latency_by_placement(measurement: Any, *, size: int = 64, twin: str = "c", title: str = "") -> Picture:
    """The median round trip of each mechanism with its quartiles, both processes on one processor and on two."""
    rows = _by_way(r for r in of_twin(measurement.latency, twin) if r.size in (size, 0))
    ordered = sorted(rows.items(), key=lambda item: min(r.median for r in item[1].values()))
    title = title or f"A round trip of {size_text(size)} in {TWINS[twin]}: one processor, or two"
    lines = [f"{NAMES[way]}: {', '.join(_latency_text(p, r) for p, r in places.items())}." for way, places in ordered]
    return picture(measurement, title, _placement_summary(ordered), lines,
                   lambda wide: _placement_figure(ordered, wide))


def _by_way(rows: Iterable[Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: -list(PLACES).index(row.placement), reverse=True):
        found.setdefault(row.way, {})[row.placement] = row
    return found


def _latency_text(placement: str, row: Any) -> str:
    return (f"{time_text(row.median)} on {PLACES[placement]} (the middle half {time_text(row.q1)} to "
            f"{time_text(row.q3)}, 99 % below {time_text(row.p99)})")


def _placement_summary(ordered: Sequence) -> str:
    """Which is larger: the difference between mechanisms, or the one that the placement makes?"""
    both = {way: places for way, places in ordered if len(places) == 2 and way != "ring"}
    if not both:
        return f"{len(ordered)} mechanisms, fastest first."
    same = [places["same"].median for places in both.values()]
    dearer = {way: places["cross"].median / places["same"].median for way, places in both.items()}
    most = max(dearer, key=dearer.get)
    return (f"{len(ordered)} mechanisms, fastest first. On one processor those that block lie between "
            f"{time_text(min(same))} and {time_text(max(same))}. The second processor multiplies the round trip by "
            f"{two_digits(min(dearer.values()))} to {two_digits(max(dearer.values()))}, most for {NAMES[most]}.")


def _placement_figure(ordered: Sequence, wide: bool):
    width = WIDE if wide else NARROW
    figure, (axis,) = panels(width, 29 * len(ordered) + 86)
    medians = [[row.median for row in places.values()] for _, places in ordered]
    axis.hlines(range(len(ordered)), [*map(min, medians)], [*map(max, medians)], color=QUIET, linewidth=1,
                linestyle=(0, (1, 2)))
    for number, placement in enumerate(PLACES):
        at = [y for y, (_, places) in enumerate(ordered) if placement in places]
        rows = [ordered[y][1][placement] for y in at]
        axis.hlines(at, [r.q1 for r in rows], [r.q3 for r in rows], color=colour(number), linewidth=5, alpha=.45)
        axis.plot([r.p99 for r in rows], at, **{**TAIL, "color": colour(number)})
        axis.plot([r.median for r in rows], at, linestyle="none", markersize=8, zorder=3, **points(number))
    axis.set_yticks(range(len(ordered)), [NAMES[way] for way, _ in ordered])
    axis.tick_params(axis="y", labelcolor=INK)
    axis.set_ylim(len(ordered) - .4, -.6)
    shown = [v for _, places in ordered for r in places.values() for v in (r.q1, r.p99)]
    _time_axis(axis, shown, labels=5 if wide else 2)
    handles = [axis.plot([], [], linestyle="none", markersize=8, **points(number))[0] for number in (0, 1)]
    handles += axis.plot([], [], **{**TAIL, "color": QUIET})
    legend(figure, handles, [f"median on {PLACES['same']}", f"median on {PLACES['cross']}", "99 % are faster"],
           columns=3 if wide else 1)
    fit(figure, left=150, bottom=64 if wide else 100, top=8)
    return figure


def _time_axis(axis: Any, values: Sequence[float], *, labels: int) -> None:
    """A logarithmic axis of nanoseconds, one line for each power of ten, of which at most `labels` are named."""
    axis.set_xscale("log")
    axis.minorticks_off()
    low, high = min(values) * .7, max(values) * 1.5
    ticks = tens(low, high)
    skip = -(-len(ticks) // labels)
    axis.set_xticks(ticks, [tick_text(t) if i % skip == 0 else "" for i, t in enumerate(ticks)])
    axis.set_xlim(low, high)


def tens(low: float, high: float) -> list[float]:
    """The powers of ten between them; if these are too few to read by, their doubles and halves, too."""
    several = [[step * 10.**n for n in range(-6, 11) for step in steps if low <= step * 10.**n <= high]
               for steps in ((1,), (1, 2, 5))]
    return several[0] if len(several[0]) > 1 else several[1]


def tick_text(ns: float) -> str:
    """A round number as a time: "1 µs", "10 ms"."""
    return time_text(ns).replace(".0", "")


def fit(figure: Any, *, left: float, bottom: float, top: float, right: float = 24, **more: float) -> None:
    """The margins around the panels, in pixels."""
    width, height = figure.get_size_inches() * 72
    figure.subplots_adjust(left=left / width, right=1 - right / width, bottom=bottom / height, top=1 - top / height,
                           **more)


# --- all round trips ---

def round_trips(measurement: Any, ways: Sequence[str], *, size: int = 64, twin: str = "python",
                title: str = "") -> Picture:
    """The ECDF: for each time, which share of the round trips took no longer. One panel for each placement."""
    trips = of_twin(measurement.latency, twin)
    rows = [r for way in ways for r in trips if r.way == way and r.size in (size, 0)]
    title = title or f"Round trips of {size_text(size)} in {TWINS[twin]}: how many took how long"
    lines = [f"{NAMES[r.way]} on {PLACES[r.placement]}: half within {time_text(r.median)}, 99 % within "
             f"{time_text(r.p99)}, the slowest {time_text(r.samples_ns[-1])}; the mean is {time_text(_mean(r))}."
             for r in rows]
    widest = max(rows, key=lambda r: r.p99 / r.median)
    summary = (f"{len(rows)} curves, each from its fastest round trip to its slowest. Farthest from its own median "
               f"goes {NAMES[widest.way]} on {PLACES[widest.placement]}: {time_text(widest.median)} for half of them, "
               f"{time_text(widest.p99)} for 99 in 100.")
    return picture(measurement, title, summary, lines, lambda wide: _ecdf_figure(rows, ways, wide))


def _mean(row: Any) -> float:
    return sum(row.samples_ns) / len(row.samples_ns)


def _ecdf_figure(rows: Sequence, ways: Sequence[str], wide: bool):
    places = [place for place in PLACES if any(r.placement == place for r in rows)]
    across, down = (len(places), 1) if wide else (1, len(places))
    keys = -(-len(ways) // (4 if wide else 2)) * 20
    height = 250 * down + 46 + keys
    figure, axes = panels(WIDE if wide else NARROW, height, across, down, wspace=.12, hspace=.34)
    for axis, place in zip(axes, places, strict=True):
        for row in (r for r in rows if r.placement == place):
            shares = [100 * i / (len(row.samples_ns) - 1) for i in range(len(row.samples_ns))]
            every = {"markevery": [round((len(shares) - 1) * q) for q in (.05, .5, .95)]}
            axis.plot(row.samples_ns, shares, **line(ways.index(row.way)), **every)
        axis.set_title(f"on {PLACES[place]}", fontsize=12.5, fontweight="bold", color=INK, loc="left")
        axis.set_yticks([0, 25, 50, 75, 100], ["0 %", "25 %", "half", "75 %", "all"])
        _time_axis(axis, [v for r in rows for v in (r.samples_ns[0], r.samples_ns[-1])], labels=4)
    if wide:
        for axis in axes[1:]:
            axis.tick_params(labelleft=False)
    shown = [way for way in ways if any(r.way == way for r in rows)]
    legend(figure, [axes[0].plot([], [], **line(ways.index(way)))[0] for way in shown], [NAMES[way] for way in shown],
           columns=4 if wide else 2)
    fit(figure, left=48, bottom=keys + 30, top=26)
    return figure


# --- throughput ---

def throughput_by_size(measurement: Any, *, placement: str = "cross", title: str = "") -> Picture:
    """Bytes moved per second against the size of a message, in C and in Python, below what a memory copy does."""
    best = {}
    for twin in ("c", "python"):
        rows = [r for r in of_twin(measurement.throughput, twin) if r.placement == placement and r.way in CURVES]
        for way in dict.fromkeys(r.way for r in rows):
            best[twin, way] = _best(r for r in rows if r.way == way)
    copy = _best(r for r in measurement.throughput if r.way == "memmove")
    title = title or f"How many bytes a second, on {PLACES[placement]}, by the size of a message"
    lines = [f"{NAMES[way]} in {TWINS[twin]}: {', '.join(map(_rate_at, of))}."
             for (twin, way), of in [*best.items(), *([((copy[0].twin, "memmove"), copy)] if copy else [])]]
    return picture(measurement, title, _rate_summary(best, copy), lines,
                   lambda wide: _rate_figure(best, copy, wide))


def _best(rows: Iterable[Any]) -> list[Any]:
    """Of each size the fastest: of all depths, say."""
    fastest: dict[int, Any] = {}
    for row in sorted(rows, key=lambda r: r.ns):
        fastest.setdefault(row.size, row)
    return [fastest[size] for size in sorted(fastest)]


def _rate_at(row: Any) -> str:
    return f"{_rate(row)} at {size_text(row.size)}"


def _rate(row: Any) -> str:
    mb = 1000 * row.size / row.ns
    return f"{two_digits(mb / 1000)} GB/s" if mb >= 999.5 else f"{two_digits(mb)} MB/s"


def _rate_summary(curves: dict, copy: Sequence) -> str:
    small, large = ({key: next((r for r in of if r.size == size), None) for key, of in curves.items()}
                    for size in (min(r.size for of in curves.values() for r in of),
                                 max(r.size for of in curves.values() for r in of)))
    said = [f"At {size_text(at[0].size)} {NAMES[at[0].way]} in {TWINS[at[0].twin]} is first with {_rate(at[0])}, "
            f"{NAMES[at[-1].way]} in {TWINS[at[-1].twin]} last with {_rate(at[-1])}."
            for at in (sorted(filter(None, these.values()), key=lambda r: r.ns) for these in (small, large))]
    return " ".join([*said, *([f"A memory copy does {_rate_at(copy[-1])}."] if copy else [])])


def _rate_figure(curves: dict, copy: Sequence, wide: bool):
    twins = [twin for twin in TWINS if any(key[0] == twin for key in curves)]
    across, down = (len(twins), 1) if wide else (1, len(twins))
    shown = [way for way in CURVES if any(key[1] == way for key in curves)]
    keys = -(-(len(shown) + bool(copy)) // (4 if wide else 2)) * 20
    figure, axes = panels(WIDE if wide else NARROW, (290 if wide else 270) * down + 46 + keys, across, down, wspace=.16,
                          hspace=.3)
    memory = {"color": INK, "linewidth": 2.6, "linestyle": (0, (1, 1))}
    for axis, twin in zip(axes, twins, strict=True):
        if copy:
            axis.plot([r.size for r in copy], [r.size / r.ns for r in copy], **memory)
        for (of, way), rows in curves.items():
            if of == twin:
                axis.plot([r.size for r in rows], [r.size / r.ns for r in rows], **line(CURVES.index(way)))
        axis.set_title(f"in {TWINS[twin]}", fontsize=12.5, fontweight="bold", color=INK, loc="left")
        _rate_axes(axis, [*(r for of in curves.values() for r in of), *copy])
    for axis in axes[1:] if wide else ():
        axis.tick_params(labelleft=False)
    handles = [axes[0].plot([], [], **line(CURVES.index(way)))[0] for way in shown]
    legend(figure, [*handles, *([axes[0].plot([], [], **memory)[0]] if copy else [])],
           [*(NAMES[way] for way in shown), *([NAMES["memmove"]] if copy else [])], columns=4 if wide else 2)
    fit(figure, left=62, bottom=keys + 30, top=26)
    return figure


def _rate_axes(axis: Any, rows: Sequence) -> None:
    sizes = {r.size: size_text(r.size) if r.size in (64, 4096, 65536, 2**20) else "" for r in rows}
    log_axes(axis, sizes, [r.size / r.ns for r in rows], lambda t: f"{t:g} GB/s" if t >= 1 else f"{1000 * t:g} MB/s")


def log_axes(axis: Any, places: Mapping[float, str], values: Sequence[float], tick_of: Callable[[float], str]) -> None:
    """Both logarithmic: `places` along the one, those with a name named, and powers of ten as far as `values` go."""
    axis.set_xscale("log"), axis.set_yscale("log")
    axis.minorticks_off()
    named = {place: name for place, name in places.items() if name}
    axis.set_xticks([*named], [*named.values()])
    ticks = tens(min(values) * .5, max(values) * 2)
    axis.set_yticks(ticks, [tick_of(tick) for tick in ticks])
    axis.set_xlim(min(places) * .7, max(places) * 1.5)
    axis.set_ylim(min(values) * .6, max(values) * 1.8)
