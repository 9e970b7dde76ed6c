"""Inside the box: run a solution under one story, at rest and at every instant, and say what was observed.

Each request comes in as a line of JSON; lines of JSON go out, each with the request's nonce. This process drives and
counts but never runs the student's code: that happens in children that it forks. It knows the inputs, not the answers.
"""

from __future__ import annotations

import builtins
import functools
import gc
import importlib
import json
import math
import os
import queue
import resource
import select
import signal
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from ..explore._stuck import stuck
from ..explore.instants import Outcome, Scenario, sweep_here
from . import leaks
from .box import limit_myself
from .retelling import released_at_rest, told
from .rules import BUILTINS, MODULES
from .standins import STAND_INS, keep_what_is_open
from .story import SOLUTION, Interleavings, Story

__all__ = ["CHECK", "TOOLS", "Run", "described", "line_of", "seen_at_rest", "serve"]

# The file name of a check's code. A trace shows the nearest line outside this package, so this must be in it.
CHECK = str(Path(__file__).with_name("<check>"))
# What a check's code finds besides the solution: without importing anything, and the same for every check.
TOOLS = {"Story": Story, "Interleavings": Interleavings, "signal": signal, "__name__": "check"}


def serve() -> None:
    """Answer the requests that come in on standard input, one after the other."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    limit_myself()
    for name in MODULES:
        _shown(name)
    gc.freeze()                                      # what children share with us, their collector need not copy
    for line in requests:
        _answer(json.loads(line), requests, answers)


def _answer(request: dict[str, Any], requests: BinaryIO, answers: TextIO) -> None:
    def say(**what: Any) -> None:
        answers.write(json.dumps({"nonce": request["nonce"], **what}) + "\n")
        answers.flush()

    say(ready=True)
    ours = requests.fileno(), answers.fileno()
    if "operations" in request:
        from .exploring import explored
        explored(request, ours, say, lambda: json.loads(requests.readline()))
        return
    run = Run(request, ours)
    if "tell" in request:
        say(told=told(run, request["tell"], _inside))
        return
    before, known = leaks.in_the_box(), leaks.processes()
    at_rest = seen_at_rest(run)
    if request["boxed"]:                             # else it is everybody's processes and files that one sees
        at_rest["left"] = at_rest.get("left", {}) | leaks.more(before, leaks.in_the_box(known))
    if request["releases"] and (at_rest["how"], at_rest["phase"]) == ("stuck", "running"):
        at_rest = released_at_rest(run, _inside)
    say(at_rest=at_rest)
    if at_rest["how"] == request["goes_on"]:
        sweep = sweep_here(run.scenario, inside=_inside, limit=request["instants"], deadline=request["seconds"],
                           on_result=lambda outcome: say(outcome=_plain(outcome)))
        say(end=len(sweep.outcomes), notes=list(sweep.notes))


class Missing(Exception):
    """The solution does not define what the story asks for."""


class Run:
    """One run of a story: everything of the student's happens in these three methods, in a forked child."""

    def __init__(self, request: dict[str, Any], ours: tuple[int, ...] = ()):
        # Compiled here, once for all children: that runs nothing of the student's.
        compiled = {"solution": compile(request["solution"], SOLUTION, "exec", dont_inherit=True),
                    "story": compile(request["story"], CHECK, "exec")}
        self.request, self.ours = request | compiled, ours
        self.phase: Callable[[str], None] = lambda name: None

    def arrange(self) -> None:
        self.become_a_student_s()
        cpu = math.ceil(self.request["cpu"])
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))     # ends a loop, however busy the machine is
        self.story = self.loaded()
        self.story.arrange()

    def become_a_student_s(self) -> None:
        """From here on this process runs a student's code: the line to the judge is not for it."""
        for descriptor in self.ours:
            os.close(descriptor)
        self.ours = ()

    def loaded(self) -> Story | Interleavings:
        """The story, with what it asks for of the solution, which runs from its first line to its last."""
        self.phase("loading")
        keep_what_is_open()
        solution = _loaded(self.request["solution"], self.request["trusting"])
        self.phase("arranging")
        missing = [name for name in self.request["asks"] if name not in solution]
        if missing:
            raise Missing(missing[0])
        return self.bare({name: solution[name] for name in self.request["asks"]})

    def bare(self, solution: dict[str, Any]) -> Story | Interleavings:
        """The story with these names of the solution, and nothing that could stand in for something else."""
        namespace = solution | TOOLS
        exec(self.request["story"], namespace)
        story = namespace[self.request["name"]]()
        vars(story).update(self.request["inputs"])
        return story

    @property
    def scenario(self) -> Scenario:
        """A story with a signal, for the sweep."""
        release = (lambda: self.story.release()) if self.request["releases"] else None
        return Scenario(self.arrange, self.main, self.observe, release, tuple(self.request["signals"]))

    def main(self) -> None:
        self.phase("running")
        self.story.main()

    def observe(self) -> dict[str, Any]:
        self.phase("observing")
        pending = sorted(signal.sigpending() & set(self.request["pending"]))
        return {"seen": self.story.observe(), "pending": [signal.Signals(number).name for number in pending]}


def _loaded(code: types.CodeType, trusting: bool) -> dict[str, Any]:
    """The solution's names. Unless `trusting`, it sees only what the lab allows of builtins and modules."""
    module = types.ModuleType("solution")            # dataclasses look their class's module up
    sys.modules["solution"] = module
    allowed = {name: getattr(builtins, name) for name in BUILTINS}
    namespace = vars(module)
    if not trusting:
        namespace["__builtins__"] = allowed | {"__build_class__": builtins.__build_class__, "__import__": _import}
    exec(code, namespace)
    return namespace


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> types.ModuleType:
    if name not in MODULES or level:
        raise ImportError(f"this lab does without the module {name!r}")
    return _shown(name) if fromlist or "." not in name else _shown(name.split(".")[0])


@functools.cache
def _shown(name: str) -> types.ModuleType:
    """A module of that name with the allowed parts and no others."""
    real, shown = importlib.import_module(name), types.ModuleType(name)
    vars(shown).update({part: getattr(real, part) for part in MODULES[name]})
    vars(shown).update(STAND_INS.get(name, {}))
    for inner in (other for other in MODULES if other.startswith(f"{name}.")):
        setattr(shown, inner.rsplit(".")[-1], _shown(inner))
    return shown


def _inside(code: types.CodeType) -> bool:
    """Where the signal strikes: all of the solution, the queue it may use, and just before and after each call."""
    return code.co_filename in (SOLUTION, queue.__file__) or code.co_filename == CHECK and code.co_name == "main"


def _plain(outcome: Outcome) -> dict[str, Any]:
    at = outcome.instant
    looped = outcome.how == "died" and outcome.detail.endswith("SIGXCPU")
    return {"index": at.index, "mine": at.file == SOLUTION, "line": at.line, "function": at.function, "call": at.call,
            "occurrence": at.occurrence, "reachable": at.reachable, "signal": signal.Signals(at.signal).name,
            "how": "unfinished" if looped else outcome.how, "detail": outcome.detail,
            "observation": outcome.observation, "handled": outcome.handled}


def seen_at_rest(run: Run) -> dict[str, Any]:
    """What happens when no signal comes. Says more than the sweep does: in which phase, and at which line."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            _rest(run, write)
        finally:
            os._exit(0)
    os.close(write)
    said = _heard(pid, read, time.monotonic() + run.request["seconds"])
    os.close(read)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if said["how"] == "died" and os.waitstatus_to_exitcode(status) == -signal.SIGXCPU:
        said["how"] = "unfinished"
    return said


def _rest(run: Run, write: int) -> None:
    def say(**what: Any) -> None:
        os.write(write, json.dumps(what).encode() + b"\n")

    run.phase = lambda name: say(phase=name)
    try:
        run.arrange()
        before = leaks.of_this_process()
        run.main()
        left = leaks.more(before, leaks.of_this_process())
        say(how="returned", observation=run.observe(), left=left)
    except Missing as missing:
        say(how="missing", detail=str(missing))
    except BaseException as error:
        say(how="raised", detail=described(error), line=line_of(error))


def _heard(pid: int, read: int, until: float) -> dict[str, Any]:
    """The last that the child said, or what the kernel says of it."""
    text, phase = b"", "loading"
    while time.monotonic() < until:
        if not select.select([read], [], [], 0.003)[0]:
            # What it said just before it fell asleep comes first.
            if stuck(pid, {pid, os.getpid()}) and not select.select([read], [], [], 0)[0]:
                return {"how": "stuck", "phase": phase}
            continue
        piece = os.read(read, 65536)
        text += piece
        *lines, rest = text.split(b"\n")
        said = [json.loads(line) for line in lines]
        phase = next((s["phase"] for s in reversed(said) if "phase" in s), phase)
        if said and "how" in said[-1]:
            return {"phase": phase, **said[-1]}
        if not piece:
            return {"how": "died", "phase": phase}
    return {"how": "unfinished", "phase": phase}


def described(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}" if str(error) else type(error).__name__


def line_of(error: BaseException) -> int:
    """The innermost line of the solution that the exception passed through, or 0."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOLUTION:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


if __name__ == "__main__":
    serve()
