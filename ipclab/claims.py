"""A claim of the book, asserted beside the sentence that makes it.

The sentence stands in the page, where it can be read and translated, and carries the claim's name; the cell below it says

    claim("coalesces", calls == 1, calls=calls)

which raises if the claim does not hold, and otherwise leaves a record of what was measured, with which kernel and which
Python. `not_here` leaves a record of what this machine lacks to try it. The book is not built if a sentence has no record or a record no sentence; the index of claims lists them all.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, dataclass

from . import errors

__all__ = ["Claim", "claim", "not_here"]

KEEPS = 200                         # characters of a measured value


@dataclass(frozen=True)
class Claim:
    """A claim that held: its name, what was measured (as text), and on what."""

    name: str
    measured: dict[str, str]
    kernel: str
    python: str
    lacks: str = ""                 # why it could not be tried on this machine; then nothing was measured

    def __str__(self) -> str:
        if self.lacks:
            return f"{self.name} was not tried: {self.lacks}"
        return f"{self.name} holds: {_listed(self.measured)} ({self.kernel}, {self.python})"

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """For a notebook: the line above. For the book: the record under a key that it takes out of the page."""
        prefix = "application/papermill.record/"
        data = {prefix + "application/json": json.dumps(asdict(self)), prefix + "text/plain": _listed(self.measured),
                "text/plain": str(self)}
        return data, {"scrapbook": {"name": f"claim:{self.name}", "mime_prefix": prefix}}


def claim(name: str, holds: bool, **measured: object) -> None:
    """Assert that the claim `name` holds, and show its record.

    `holds` is a comparison, so exactly True or False; `measured` says what was found, at least one value. Raises
    AssertionError with the measured values when it does not hold.
    """
    if type(holds) is not bool:
        raise errors.Misuse("claim", repr(name), hint=f"Give a comparison, which is True or False, not {holds!r}.")
    if not measured:
        raise errors.Misuse("claim", repr(name), hint="Say what was measured, for instance calls=calls.")
    texts = {key: _short(value) for key, value in measured.items()}
    if not holds:
        raise AssertionError(f"The claim {name!r} does not hold: {_listed(texts)}.")
    sys.displayhook(Claim(name, texts, _kernel(), _python()))


def not_here(name: str, lacks: str) -> None:
    """Record that this machine cannot show the claim `name`, and what it lacks ("an x86-64 processor")."""
    sys.displayhook(Claim(name, {}, _kernel(), _python(), lacks))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= KEEPS else text[:KEEPS] + "…"


def _listed(measured: dict[str, str]) -> str:
    return ", ".join(f"{key.replace('_', ' ')} = {value}" for key, value in measured.items())


def _kernel() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"
