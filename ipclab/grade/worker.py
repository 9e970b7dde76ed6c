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
from typing import Any, TextIO

from ..explore._stuck import stuck
from ..explore.instants import Outcome, Scenario, sweep_here
from .box import limit_myself
from .rules import BUILTINS, MODULES
from .story import Story

__all__ = ["SOLUTION", "serve"]

SOLUTION, CHECK = "<solution>", "<check>"            # the file names under which the two texts are compiled


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
        _answer(json.loads(line), answers, (requests.fileno(), answers.fileno()))


def _answer(request: dict[str, Any], answers: TextIO, ours: tuple[int, ...]) -> None:
    def say(**what: Any) -> None:
        answers.write(json.dumps({"nonce": request["nonce"], **what}) + "\n")
        answers.flush()

    say(ready=True)
    run = Run(request, ours)
    at_rest = _at_rest(run)
    say(at_rest=at_rest)
    if at_rest["how"] == "returned":
        sweep = sweep_here(Scenario(run.arrange, run.main, run.observe, None, run.signals), inside=_inside,
                           limit=request["instants"], deadline=request["seconds"],
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
        self.request, self.signals, self.ours = request | compiled, tuple(request["signals"]), ours
        self.phase: Callable[[str], None] = lambda name: None

    def arrange(self) -> None:
        for descriptor in self.ours:                 # the line to the judge is not for children
            os.close(descriptor)
        cpu = math.ceil(self.request["cpu"])
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))     # ends a loop, however busy the machine is
        self.phase("loading")
        solution = _loaded(self.request["solution"], self.request["trusting"])
        self.phase("arranging")
        missing = [name for name in self.request["asks"] if name not in solution]
        if missing:
            raise Missing(missing[0])
        self.story = _story(self.request, solution)
        self.story.arrange()

    def main(self) -> None:
        self.phase("running")
        self.story.main()

    def observe(self) -> dict[str, Any]:
        self.phase("observing")
        pending = sorted(signal.sigpending() & set(self.signals))
        return {"seen": self.story.observe(), "pending": [signal.Signals(number).name for number in pending]}


def _story(request: dict[str, Any], solution: dict[str, Any]) -> Story:
    """The story sees what it asks for of the solution, and nothing that could stand in for something else."""
    namespace = {name: solution[name] for name in request["asks"]}
    namespace |= {"Story": Story, "signal": signal, "__name__": "check"}
    exec(request["story"], namespace)
    story = namespace[request["name"]]()
    vars(story).update(request["inputs"])
    return story


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
    if name == "functools":
        shown.wraps = lambda wrapped: functools.wraps(wrapped)      # without the arguments that copy any attribute
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


def _at_rest(run: Run) -> dict[str, Any]:
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
        run.main()
        say(how="returned", observation=run.observe())
    except Missing as missing:
        say(how="missing", detail=str(missing))
    except BaseException as error:
        say(how="raised", detail=_described(error), line=_line(error))


def _heard(pid: int, read: int, until: float) -> dict[str, Any]:
    """The last that the child said, or what the kernel says of it."""
    text, phase = b"", "loading"
    while time.monotonic() < until:
        if not select.select([read], [], [], 0.003)[0]:
            if stuck(pid, {pid, os.getpid()}):
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


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}" if str(error) else type(error).__name__


def _line(error: BaseException) -> int:
    """The innermost line of the solution that the exception passed through, or 0."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOLUTION:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


if __name__ == "__main__":
    serve()
