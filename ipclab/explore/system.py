"""What is explored: the processes that use some real kernel objects, and what must be true in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..processes import Spec

__all__ = ["Final", "System"]


@dataclass(frozen=True)
class Final:
    """How a run ended, for `check`."""

    outcomes: dict[str, Any]         # process name → what it returned (numbers, text, lists and dicts of them)
    raised: dict[str, str]           # process name → the exception that ended it
    stuck: tuple[str, ...]           # the processes that can never go on
    killed: tuple[str, ...] = ()     # the process that `every_death` killed


@dataclass(frozen=True)
class System:
    """Processes made with `process(function, object, …)`, and `check(final)`.

    `check` runs in the exploring process, on the real objects as the run left them. It returns True or None if all is
    well; False, or a sentence saying what is wrong, if not; or it raises AssertionError. Without it, a run is wrong if
    a process raises an exception. A deadlock is always wrong, unless `may_stick`. `check_after_death` is asked in its
    place when a process was killed (`every_death`).
    """

    processes: tuple[Spec | Callable, ...]
    check: Callable[[Final], bool | str | None] | None = None
    check_after_death: Callable[[Final], bool | str | None] | None = None
    may_stick: bool = False

    def __init__(self, *processes: Spec | Callable, check: Callable[[Final], bool | str | None] | None = None,
                 check_after_death: Callable[[Final], bool | str | None] | None = None, may_stick: bool = False):
        object.__setattr__(self, "processes", processes)
        object.__setattr__(self, "check", check)
        object.__setattr__(self, "check_after_death", check_after_death)
        object.__setattr__(self, "may_stick", may_stick)

    def wrong(self, final: Final) -> str:
        """What is wrong with a run that ended so, or ""."""
        if final.stuck and not self.may_stick:
            return f"deadlock: {' and '.join(final.stuck)} can never go on"
        raised = "; ".join(f"{name} raised {error}" for name, error in final.raised.items())
        if self.check is None:
            return raised
        try:
            said = self.check(final)
        except Exception as error:               # an assertion; or it looked for what a failed process never returned
            return str(error) if isinstance(error, AssertionError) else raised or f"the check raised {error!r}"
        return said if isinstance(said, str) else "the check failed" if said is False else ""
