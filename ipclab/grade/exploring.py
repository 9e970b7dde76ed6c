"""Inside the box: run a system of processes, each with the student's code, in every order, and ask about every end.

The explorer, and what it observes, are in this process, which runs nothing of the student's. Each process loads the
solution anew for each run, so nothing of one run is left for the next, and no variable is shared.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .. import errors
from ..explore import crashes, explorer
from ..explore._stage import noting_objects
from ..explore.system import Final, System
from ..mechanisms._object import KernelObject
from ..mechanisms._streams import End
from ..mechanisms.message_queues import MessageQueue, PosixQueue
from ..mechanisms.pipes import Pipe
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedArray, SharedInteger
from ..processes import Spec, process
from . import worker
from .shown import shown
from .story import Group, Interleavings

__all__ = ["explored"]

worker.TOOLS.update({kind.__name__: kind for kind in (MessageQueue, Pipe, PosixQueue, PosixSemaphore, Semaphore,
                                                      SharedArray, SharedInteger, errors.WouldBlock)})


def explored(request: dict[str, Any], ours: tuple[int, ...], say: Callable[..., None],
             heard: Callable[[], str]) -> None:
    """Say what the plan was, ask about each different end, and say what the explorer found."""
    run = Processes(request, ours)
    at_rest = worker.seen_at_rest(run)
    say(at_rest=at_rest)
    if at_rest["how"] != "returned":
        return
    run.planned = at_rest["observation"]
    known: dict[str, str] = {}

    def wrong(end: dict[str, Any]) -> str:
        text = json.dumps(end, sort_keys=True)
        if text not in known:
            say(end=end)
            known[text] = heard()
        return known[text]

    try:
        say(found=_explored(run, wrong).to_json())
    except NoPlan as reason:
        say(no_plan=str(reason))


class NoPlan(Exception):
    """The student's plan cannot be carried out."""


def _explored(run: Processes, wrong: Callable[[dict], str]):
    request, dies = run.request, run.bare({}).dies
    if dies:
        return crashes.every_death_here(lambda: run.system(wrong), seconds=request["seconds"], victims=dies,
                                        runs=request["runs"]).verdict()
    return explorer.explore_here(lambda: run.system(wrong), seconds=request["seconds"], longest=request["operations"],
                                 runs=request["runs"])


class Processes(worker.Run):
    """A story's processes. Its first three methods are run in a process of their own, for the plan."""

    planned: Any = None

    def arrange(self) -> None:
        self.become_a_student_s()
        self.story = self.loaded()

    def main(self) -> None:
        """The plan is made in `observe`."""

    def observe(self) -> Any:
        self.phase("observing")
        return self.story.plan()

    def system(self, wrong: Callable[[dict], str]) -> System:
        """The objects, made here without the student's code, and the processes that are given them."""
        story = self.bare({})
        story.planned = self.planned
        try:
            with noting_objects() as made:
                story.arrange()
        except ValueError as reason:
            raise NoPlan(str(reason)) from reason

        def check(final: Final) -> str | None:
            return wrong(_end(story, final)) or None

        mine = vars(story)
        _name(made, mine)
        return System(*(self._process(name, method, mine) for name, method in story.processes.items()),
                      check=check, check_after_death=check, may_stick=True)

    def _process(self, name: str, method: str, attributes: dict[str, Any]) -> Spec:
        asked = inspect.signature(getattr(self.bare({}), method)).parameters
        everywhere = [each for _, each in _objects("", attributes) if not isinstance(each, End)]
        # Not in a closure, where the explorer would find, and leave open, whatever the process could reach.
        return process(_Actor(self, method, attributes).act, everywhere, name=name,
                       **{each: attributes[each] for each in asked})


@dataclass
class _Actor:
    """One process: everything of the student's happens in `act`, in a process of its own."""

    run: Processes
    method: str
    attributes: dict[str, Any]

    def act(self, everything: list[KernelObject], /, **objects: Any) -> Any:
        if self.run.ours:
            self.run.become_a_student_s()
        try:
            story = self.run.loaded()
            vars(story).update(shown(self.attributes))
            return getattr(story, self.method)(**shown(objects))
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            raise Failed(worker.line_of(error), worker.described(error)) from None


class Failed(Exception):
    """(line of the student's cell, what happened)"""

    def __str__(self) -> str:
        return "{} {}".format(*self.args)


def _name(made: list[KernelObject], attributes: dict[str, Any]) -> None:
    """Give each object the name of its attribute, and a pipe that of its first end: the same whenever it is made."""
    names = {id(each): name for name, each in reversed([*_objects("", attributes)])}
    for each in made:
        same = (each, each.reader, each.writer) if isinstance(each, Pipe) else (each,)
        name = next((names[id(one)] for one in same if id(one) in names), "")
        if name and not each.named:
            each.label, each.named = name, True


def _objects(name: str, value: Any) -> Iterator[tuple[str, KernelObject]]:
    """The objects in it, by name."""
    if isinstance(value, KernelObject):
        yield name, value
    if isinstance(value, list | tuple):
        value = {str(i): each for i, each in enumerate(value)}
    elif isinstance(value, Group):
        value = vars(value)
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _objects(f"{name}.{key}" if name else key, each)


def _end(story: Interleavings, final: Final) -> dict[str, Any]:
    end = {"seen": {}, "raised": final.raised, "stuck": list(final.stuck), "killed": "".join(final.killed)}
    if not final.raised and not set(final.stuck) - set(story.may_wait):
        try:
            end["seen"] = json.loads(json.dumps(story.observe(final)))
        except Exception as error:                   # a story counts on what a task asks functions to return
            end["unusable"] = worker.described(error)
    return end
