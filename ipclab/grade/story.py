"""What a check cell is made of: small stories, in which a signal strikes or processes take turns.

A story is shown to the student as it is (a visible check) or kept by the instructor (a hidden one). Its `arrange`,
`main` and `observe` run in the box, beside the student's code. Its `draw`, `expected` and its words are read by the
judge alone and are cut out of what goes into the box.

    class TwoBookings(Story):
        asks = ["Till"]                              # what the student's cell must define
        section = "Guard what is shared"             # where to read again
        differs = "a booking got lost"               # in the lesson's terms
        opening, sale, order = 100, 20, 5

        def arrange(self):
            self.till = Till(self.opening)
            signal.signal(signal.SIGUSR1, lambda *_: self.till.book(self.order))

        def main(self):
            self.till.book(self.sale)

        def observe(self):
            return {"the balance": self.till.balance}

        def expected(self, signals):                 # how many signals came: 0 or 1
            return {"the balance": self.opening + self.sale + signals * self.order}

In `Interleavings`, real processes use real kernel objects, and every order in which they can take turns is tried:

    class OneCakeLeft(Interleavings):
        asks = ["sell"]
        section = "Mutual exclusion"
        processes = {"Ann": "clerk", "Ben": "clerk"}             # whose method is run by whom

        def arrange(self):                                       # without the student's code
            self.mutex, self.cakes = Semaphore(1), SharedInteger(1)

        def clerk(self, mutex, cakes):                           # gets the objects of these names
            return sell(mutex, cakes)

        def observe(self, ended):
            return {"sold": sum(ended.outcomes.values())}

        def expected(self):
            return {"sold": 1}
"""

from __future__ import annotations

import ast
import signal
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any, ClassVar

__all__ = ["SOLUTION", "Group", "Interleavings", "Story", "for_the_box", "names", "told"]

SOLUTION = "<solution>"              # the file name under which a student's cell is compiled
JUDGES_OWN = {"draw", "expected", "wrong"}                    # cut out of what goes into the box


class Story:
    """One scenario. See the module's docstring; everything observed is numbers, text, lists and dicts of them."""

    asks: ClassVar[list[str]] = []
    section: ClassVar[str] = ""
    differs: ClassVar[str] = ""
    raised: ClassVar[str] = ""
    stuck: ClassVar[str] = ""
    signals: ClassVar[tuple[int, ...]] = (signal.SIGUSR1,)
    undisturbed: ClassVar[str] = "even when no signal comes"
    waits: ClassVar[bool] = False                # main() waits for the signal: without one it never ends
    handlers: ClassVar[bool] = True              # at some instant the signal must meet a handler that can run
    leaves_nothing: ClassVar[bool] = False       # what main() leaves open or running costs the check; else it is only told

    def draw(self, random: Random) -> None:
        """Set inputs that nobody can guess as attributes of `self`. Visible stories keep those of their class."""

    def arrange(self) -> None:
        """Set the data and install the handlers."""

    def main(self) -> None:
        """What is interrupted."""

    def observe(self) -> dict[str, Any]:
        """What became of it, each thing under the words that name it."""
        return {}

    def release(self) -> None:
        """What the outside world does, in another process, each time `main` waits for it in the kernel."""

    def expected(self, signals: int) -> dict[str, Any]:
        """What `observe` must return after this many signals."""
        return {}


class Interleavings:
    """One system of processes, in every order in which they can take turns; with `dies`, also in every death.

    The objects that `arrange` puts into attributes are known by the attributes' names. A process sees of them what
    their gate sees: the operations, and nothing else. Of descriptors it keeps those that its method asks for.
    """

    asks: ClassVar[list[str]] = []
    section: ClassVar[str] = ""
    differs: ClassVar[str] = ""
    raised: ClassVar[str] = ""
    stuck: ClassVar[str] = ""
    processes: ClassVar[dict[str, str]] = {}     # process → the method that it runs
    dies: ClassVar[list[str]] = []               # the processes that are killed, before and after each operation
    may_wait: ClassVar[list[str]] = []           # the processes that may wait for ever in the end

    def draw(self, random: Random) -> None:
        """Set inputs that nobody can guess as attributes of `self`. Visible stories keep those of their class."""

    def plan(self) -> Any:
        """What the student's code decides before there are objects, as plain data; it comes back as `self.planned`.
        Runs in a process of its own."""

    def arrange(self) -> None:
        """Make the kernel objects. Raises ValueError with a sentence for the student if `self.planned` is no plan."""

    def made(self, planned: Any, undo: Any = ()) -> Group:
        """The semaphores that a student planned, as `s.till` and `s.gate[0]` for {"till": 1, "gate": [0, 0]}; `undo`
        names those whose operations the kernel undoes. Raises ValueError with a sentence if it is no such plan."""
        from ..mechanisms.semaphores import Semaphore        # the judge does without
        if not isinstance(undo, list | tuple) or not all(name in planned for name in undo):
            raise ValueError(f"`undo` should be a list of names of semaphores, and it is {undo!r}")
        if any(value < 0 or value > 1000 for value in _flat(_planned(planned, "semaphore"))):
            raise ValueError(f"a semaphore begins with a number from 0 up to 1000, unlike one in {planned!r}")
        return _group("s", planned, lambda value, name, label: Semaphore(value, label=label, undo=name in undo))

    def numbers(self, planned: Any, **more: int) -> Group:
        """The shared integers that a student planned, in the same form, beside `more` of the story's own."""
        from ..mechanisms.shared_memory import SharedInteger
        if taken := set(_planned(planned, "shared integer")) & set(more):
            raise ValueError(f"the name {min(taken)!r} is taken; give your integer another")
        return _group("n", planned | more, lambda value, name, label: SharedInteger(value, label=label))

    def telling(self, group: Group, bell: Any) -> Group:
        """The semaphores of `group` for one process: the first time that one of them makes it wait in P, `bell.V()` is
        done before it waits. So a story can say: when somebody waits already, another comes."""
        from .shown import telling
        return telling(group, bell)

    def observe(self, ended: Any) -> dict[str, Any]:
        """What became of it, on the real objects as the run left them. `ended` has `outcomes` by process, `stuck`,
        and `killed`; nobody raised anything, and nobody is stuck who may not wait."""
        return {}

    def expected(self) -> dict[str, Any]:
        """What `observe` must return; see `wrong`."""
        return {}

    def wrong(self, seen: dict[str, Any], killed: str) -> str | None:
        """What is wrong with an end, in the lesson's terms; "" if nothing is; None: compare with `expected`."""
        return None


class Group(SimpleNamespace):
    """Kernel objects by their names, one or a list of them under each."""


def _planned(planned: Any, what: str) -> dict[str, Any]:
    if not isinstance(planned, dict):
        raise ValueError(f"each {what} should be in a dict, name → initial value, and this is {planned!r}")
    for name, value in planned.items():
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"{name!r} is no name for a {what}; use letters, digits and underscores")
        if any(type(each) is not int for each in (value if isinstance(value, list) else [value])):
            raise ValueError(f"the initial value of a {what} is a whole number, or a list of them, and that of {name!r} "
                             f"is {value!r}")
    if len(_flat(planned)) > 20:
        raise ValueError(f"more than 20 are not needed here; you ask for {len(_flat(planned))}")
    return planned


def _flat(planned: dict[str, Any]) -> list[int]:
    return [each for value in planned.values() for each in (value if isinstance(value, list) else [value])]


def _group(whose: str, planned: dict[str, Any], make: Callable[[int, str, str], Any]) -> Group:
    """Labelled as a solution writes them: `s.till`, `s.gate[0]`, and `n.till` is another thing."""
    return Group(**{name: [make(each, name, f"{whose}.{name}[{i}]") for i, each in enumerate(value)]
                    if isinstance(value, list) else make(value, name, f"{whose}.{name}")
                    for name, value in planned.items()})


def names(source: str) -> list[str]:
    """The stories of a check cell, in order."""
    return [node.name for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def told(source: str, name: str, random: Random) -> Story | Interleavings:
    """The story `name` with its inputs drawn, for the judge."""
    namespace: dict[str, Any] = {"Story": Story, "Interleavings": Interleavings, "signal": signal, "__name__": "check"}
    exec(compile(source, "<check>", "exec"), namespace)
    story = namespace[name]()
    story.draw(random)
    return story


def for_the_box(source: str) -> str:
    """The text of a check cell without what only the judge may know. Line numbers are of no interest there."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if getattr(part, "name", "") not in JUDGES_OWN] or [ast.Pass()]
    return ast.unparse(tree)
