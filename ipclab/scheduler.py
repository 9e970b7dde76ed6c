"""Be the scheduler: in a notebook, the reader decides who passes next, on real processes, and can take it back.

    be_the_scheduler(system)

`ipclab.explore.stepping` runs the processes; this shows them. All that the browser's part does is in draw/scheduler.js.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import errors
from .draw import Picture, space_time
from .draw.picture import package_file
from .draw.story import Step, story
from .draw.svg import COLOURS
from .explore.stepping import Ahead, Elsewhere, Now
from .explore.system import System
from .trace import Trace

__all__ = ["Scheduler", "be_the_scheduler"]

PATIENCE = 20.0                      # seconds for "Can it still fail?"
RUN_IT = "<p>To decide yourself who passes next, run this cell.</p>"
WORDS = {"step", "undo", "restart", "find_out", "towards_failure"}


def be_the_scheduler(system: Callable[[], System], *, title: str = "You are the scheduler") -> Scheduler:
    """Decide step by step which process of `system()` passes next, until it fails or provably cannot.

    `system` is written as for `explore`. Its processes are real, and each waits before its next operation until its
    button is pressed. Raises RunError if they cannot be run one step at a time.
    """
    return Scheduler(system, title)


class Scheduler:
    """What `be_the_scheduler` returns; as the last line of a cell it shows itself. Its buttons are its methods, too.

    Only one of a notebook's schedulers has processes at a time. Another one that is used again starts anew, and goes
    the way that it had gone. They end with the notebook's kernel.
    """

    _with_processes: Scheduler | None = None

    def __init__(self, system: Callable[[], System], title: str):
        self.title, self._run = title, Elsewhere(system)
        self._widget: Any = None
        self._others_end()

    # -- the buttons

    def step(self, process: str) -> Now:
        """Let `process` perform its pending operation. Raises Misuse if it may not pass now."""
        return self._done(self._run.step, process)

    def undo(self) -> Now:
        """Take the last step back. At the beginning, nothing happens."""
        return self._done(self._run.undo)

    def restart(self) -> Now:
        """Be at the beginning again."""
        return self._done(self._run.go, ())

    def find_out(self) -> Ahead:
        """Follow every way on from here, for up to 20 seconds: can it still fail?"""
        self._done(self._run.go, self.schedule, PATIENCE)
        return self.ahead

    def towards_failure(self) -> Now:
        """Take a step of a way that fails. Raises Misuse if none is known."""
        return self._done(self._run.towards_failure)

    def close(self) -> None:
        """End its processes; any button starts them again."""
        self._run.close()

    # -- how things stand

    @property
    def now(self) -> Now:
        """Who may pass, and what each process is about to do."""
        return self._run.now

    @property
    def ahead(self) -> Ahead:
        """What can still become of it."""
        return self._run.ahead

    @property
    def schedule(self) -> tuple[str, ...]:
        """Who passed so far."""
        return self._run.schedule

    @property
    def trace(self) -> Trace:
        """What has happened so far. Once nobody may pass, what the others wait for comes last."""
        trace = self._run.trace
        done = tuple(e for e in trace if e.end is not None)
        last = max((e.end for e in done), default=0)
        waits = tuple(replace(e, start=max(e.start, last + 1)) for e in trace if e.end is None and self.now.over)
        return replace(trace, events=done + waits)

    @property
    def picture(self) -> Picture:
        """What has happened so far, drawn."""
        return space_time(self.trace, title="The run so far")

    @property
    def said(self) -> str:
        """The last step, and what can still become of it, in words."""
        return f"{self._last_step()}\n{self._prospect()}"

    def _last_step(self) -> str:
        if not self.schedule:
            return "Nobody has passed yet."
        who = self.schedule[-1]
        did = [step for step in story(self.trace) if step.process == who and step.returned]
        told = did[-1].sentence if len(did) == self.schedule.count(who) else f"{who} ends."
        return f"Step {len(self.schedule)}. {told}"

    def _prospect(self) -> str:
        if not self.now.over:
            return str(self.ahead)
        return f"It has failed: {self.now.wrong}." if self.now.wrong else "It has ended well."

    # -- in the notebook

    @property
    def widget(self) -> Any:
        """The controls: an anywidget, made when first asked for."""
        if self._widget is None:
            self._widget = _widget(self._view())
            self._widget.on_msg(lambda widget, content, buffers: self._pressed(**content))
        return self._widget

    def _pressed(self, what: str, process: str | None = None) -> None:
        said = ""
        try:
            if what in WORDS:
                getattr(self, what)(*[process] if what == "step" else [])
        except (errors.IPCError, errors.RunError) as error:
            said = str(error)
        self._widget.view = {**self._view(), **({"said": said, "mood": "bad"} if said else {})}

    def _done(self, act: Callable, *args: Any) -> Now:
        self._others_end()
        now = act(*args)
        if self._widget is not None:
            self._widget.view = self._view()
        return now

    def _others_end(self) -> None:
        other, Scheduler._with_processes = Scheduler._with_processes, self
        if other not in (None, self):
            other.close()

    def _view(self) -> dict[str, Any]:
        """All that the browser shows."""
        now, ahead = self.now, self.ahead
        about = {step.process: step for step in story(self._run.trace) if not step.returned}
        processes = [{"name": name, "colour": f"c{i % COLOURS}", "may": name in now.may,
                      "does": _does(name, now, about.get(name)), "where": _where(about.get(name))}
                     for i, name in enumerate(self._run.trace.processes)]
        fails = now.over and bool(now.wrong) or ahead.complete and not ahead.well
        return {"title": self.title, "processes": processes, "said": self.said, "mood": "bad" if fails else "",
                "moved": now.step > 0, "unknown": not now.over and not ahead.complete,
                "fails": not now.over and ahead.complete and ahead.badly,
                "picture": replace(self.picture, stepping=None).html}

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self.widget._repr_mimebundle_()
        still = self.picture._repr_mimebundle_()
        return {**data, **still, "text/html": still["text/html"] + RUN_IT}, metadata


def _does(name: str, now: Now, about: Step | None) -> str:
    """What it is about to do, or why it does not."""
    if name in now.ended:
        return f"has ended: {now.about[name].removeprefix('the end (').removesuffix(')')}"
    does = about.label if about else "end"
    return f"next: {does}" if name in now.may else f"can never go on: {does}" if now.over else f"waits: {does}"


def _where(about: Step | None) -> str:
    """The source line that it stands before."""
    if about is None or not about.event.line:
        return ""
    source = linecache.getline(about.event.file, about.event.line).strip()
    return f"line {about.event.line}" + (f": {source}" if source else "")


def _widget(view: dict[str, Any]) -> Any:
    import anywidget
    import traitlets

    class Buttons(anywidget.AnyWidget):
        _esm = package_file("scheduler.js")
        looks = traitlets.Unicode("".join(map(package_file, ("ink.css", "figure.css", "scheduler.css")))).tag(sync=True)
        view = traitlets.Dict().tag(sync=True)

    return Buttons(view=view)
