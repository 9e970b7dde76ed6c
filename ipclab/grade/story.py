"""What a check cell is made of: small stories in which a signal strikes.

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
"""

from __future__ import annotations

import ast
import signal
from random import Random
from typing import Any, ClassVar

__all__ = ["Story", "for_the_box", "names", "told"]

JUDGES_OWN = {"draw", "expected"}                    # cut out of what goes into the box


class Story:
    """One scenario. See the module's docstring; everything observed is numbers, text, lists and dicts of them."""

    asks: ClassVar[list[str]] = []
    section: ClassVar[str] = ""
    differs: ClassVar[str] = ""
    raised: ClassVar[str] = ""
    stuck: ClassVar[str] = ""
    signals: ClassVar[tuple[int, ...]] = (signal.SIGUSR1,)

    def draw(self, random: Random) -> None:
        """Set inputs that nobody can guess as attributes of `self`. Visible stories keep those of their class."""

    def arrange(self) -> None:
        """Set the data and install the handlers."""

    def main(self) -> None:
        """What is interrupted."""

    def observe(self) -> dict[str, Any]:
        """What became of it, each thing under the words that name it."""
        return {}

    def expected(self, signals: int) -> dict[str, Any]:
        """What `observe` must return after this many signals."""
        return {}


def names(source: str) -> list[str]:
    """The stories of a check cell, in order."""
    return [node.name for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def told(source: str, name: str, random: Random) -> Story:
    """The story `name` with its inputs drawn, for the judge."""
    namespace: dict[str, Any] = {"Story": Story, "__name__": "check"}
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
