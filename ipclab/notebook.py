"""The only place that knows IPython and ipywidgets: `%%program`, and runs with controls.

`import ipclab` in a notebook, or `%load_ext ipclab`, brings the magic.
"""

from __future__ import annotations

import functools
import inspect
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from IPython import get_ipython
from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from . import processes
from .draw import Picture, space_time
from .draw.printout import Printout, printout

__all__ = ["Live", "interactive_measurement", "interactive_run", "load_ipython_extension", "program"]

MEASURED_SIZES = (64, 1024, 4096, 65_536, 2**20)          # bytes
MEASURED_SLOTS = (1, 2, 8, 64, 1024)
RUN_AGAIN = "Run again"
RUN_IT = "<p>To change the numbers and run it again, run this cell.</p>"


@magic_arguments()
@argument("--deadline", type=float, default=10.0, metavar="SECONDS", help="when to end all that still runs (10)")
@argument("--into", metavar="NAME", help="keep what happened, a ProgramRun, as this variable")
@argument("arguments", nargs="*", help="become sys.argv[1:] of the program")
def program(line: str, cell: str) -> None:
    """Run the cell's text as a Python program of its own, and show what each of its processes printed, in order.

    The program may fork, handle signals and exit as it likes: it is no part of this notebook, sees none of its
    variables, and leaves nothing running. The process that was started is called "parent"; its descendants are
    "child 1", "child 2", … in the order in which they first print.
    """
    options = _options(line)
    run = processes.program(cell, args=tuple(options.arguments), deadline=options.deadline)
    if options.into:
        get_ipython().push({options.into: run})
    display(_program_printout(run))


def _options(line: str) -> Any:
    try:
        return program.parser.parse_args(shlex.split(line))
    except ValueError as error:                            # a quotation mark without its partner
        raise UsageError(f"%%program: {error}") from error


def _program_printout(run: processes.ProgramRun) -> Printout:
    return printout(run.printed, {run.pid: "parent"}, _endings(run))


def _endings(run: processes.ProgramRun) -> Iterator[str]:
    if run.signal and not run.timed_out:
        yield f"The parent was ended by {run.signal}."
    elif run.status:
        yield f"The parent ended with exit status {run.status}."
    yield from (f"Note: {note}." for note in run.notes)


def interactive_run(build: Callable[..., processes.Run], *, title: str | None = None, **controls: Any) -> Live:
    """A run with controls: change them, press "Run again", and real processes run with the new values and are drawn.

    `build(**values)` makes the kernel objects, calls `run` and returns what that returned; it is called at once with
    the first values. Controls are written as for `ipywidgets.interactive`: `capacity=(1, 5)` is a slider,
    `forgotten=False` a tick box, `end=["reader", "writer"]` a list to choose from.
    """
    return Live(build, controls, lambda run: (space_time(run.trace, title=title), *_said(run)))


def interactive_measurement(ways: Iterable[str] | None = None, *, seconds: float = .05) -> Live:
    """Measure with controls: choose a mechanism, a size, a depth and where the processes run, and press "Run again".

    It takes about a second, on real processes, and is measured as `ipclab.measure.measure` does it. What was measured
    before of the same size stays beside it: as a picture of how long all round trips took, as one of what the slots
    do once there are several depths, and as tables. `ways` are the mechanisms to choose from, None for all; `result`
    is everything measured so far, the latest last.
    """
    from .draw.figures import NAMES, PLACES, size_text
    from .measure import WAYS, Measurement, measure, tables

    so_far: list[Measurement] = []

    def build(mechanism: str, size: int, depth: int, placement: str) -> Measurement:
        found = measure([mechanism], [size], [placement], depths=[depth or None], seconds=seconds, count=False)
        so_far[:] = [_added(*so_far, found)]
        return so_far[0]

    def look(measured: Measurement) -> tuple[Picture | None, ...]:
        alike = _of_size(measured, (measured.throughput or measured.latency)[-1].size)
        rows = "\n".join(tables.summary(alike))
        return _trips(alike), _by_depth(alike), Printout((("measured", "stdout", rows),), measured.notes)

    chosen = [*WAYS] if ways is None else [*ways]
    return Live(build, {
        "mechanism": [(NAMES[way], way) for way in chosen], "size": [(size_text(n), n) for n in MEASURED_SIZES],
        "depth": [("as usual", 0), *((f"{n} slot{'s' * (n > 1)}", n) for n in MEASURED_SLOTS)],
        "placement": [(name, place) for place, name in PLACES.items()]}, look)


def _added(before: Any, found: Any = None) -> Any:
    """Both measurements in one, the latest last: a setting that was tried again has its newer figures."""
    if found is None:
        return before
    rows = {}
    for kind in ("latency", "throughput"):
        old, new = ({(r.way, r.twin, r.size, r.placement, getattr(r, "depth", None)): r for r in getattr(one, kind)}
                    for one in (before, found))
        rows[kind] = (*(r for key, r in old.items() if key not in new), *new.values())
    return replace(found, **rows, notes=tuple(dict.fromkeys([*before.notes, *found.notes])))


def _of_size(measured: Any, size: int) -> Any:
    """What was measured of this size, and what has none."""
    return replace(measured, **{kind: tuple(r for r in getattr(measured, kind) if r.size in (size, 0))
                                for kind in ("latency", "throughput")})


def _trips(measured: Any) -> Picture | None:
    """All round trips; throughput alone has none."""
    from .draw.measured import round_trips

    if not measured.latency:
        return None
    return round_trips(measured, list(dict.fromkeys(r.way for r in measured.latency)), size=measured.latency[-1].size)


def _by_depth(measured: Any) -> Picture | None:
    """What the number of slots does, once some way was measured with several in one placement."""
    from .draw.depths import cost_by_depth

    depths = Counter((way, place) for way, place, _ in {(r.way, r.placement, r.depth) for r in measured.throughput})
    ways = sorted({way for (way, _), several in depths.items() if several > 1})
    return cost_by_depth(measured, ways, {}, size=measured.throughput[-1].size) if ways else None


class Live:
    """What `interactive_run` and `interactive_measurement` return; as the last line of a cell it shows itself.

    `result` is the latest run. Saved without a live kernel, or not trusted, the notebook shows the latest picture or
    its words in the controls' place.
    """

    def __init__(self, build: Callable[..., Any], controls: dict[str, Any], look: Callable[[Any], tuple]):
        import ipywidgets

        inspect.signature(build).bind(**controls)          # raises TypeError for a control that it does not know
        @functools.wraps(build)
        def again(**values: Any) -> None:
            self.result, self.picture = None, None
            self.widget.manual_button.description = "Running …"
            try:
                self.result = build(**values)
            finally:
                self.widget.manual_button.description = RUN_AGAIN
            self.picture, *more = look(self.result)
            display(*filter(None, [self.picture, *more]))

        self.result: Any = None
        self.picture: Picture | None = None
        self.widget = ipywidgets.interactive(again, {"manual": True, "manual_name": RUN_AGAIN}, **controls)
        self.widget.update()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        still = self.picture._repr_mimebundle_() if self.picture else {}
        if still:
            still["text/html"] += RUN_IT
        return {**self.widget._repr_mimebundle_(), **still}


def _said(run: processes.Run) -> list[Printout]:
    """What its processes printed, and how those ended that did not end well."""
    notes = [f"{p.name}: {p.error or p.ending}." for p in run if not p.ok and not run.timed_out]
    notes += [f"Note: {note}." for note in run.notes]
    shown = printout(run.printed, {p.pid: p.name for p in run}, notes)
    return [shown] if shown.rows or shown.notes else []


def load_ipython_extension(shell: Any) -> None:
    """Register `%%program` with an IPython shell. Twice does no harm."""
    shell.register_magic_function(program, "cell", "program")
