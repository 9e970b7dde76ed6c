"""Decides one check of one submission. It runs nothing of the student's: text goes into the box, plain data comes out.

What is guaranteed, and by what:

1. The judge's process never executes, imports or unpickles anything of a submission. It parses JSON and Python text.
2. What a solution may contain is decided from its text (`rules`) before anything runs. A text that passes cannot name
   the modules, frames, globals and builtins with which it could reach the code that watches it.
3. In the box, the process that drives and counts (`worker`) runs no student code: it forks a child for each run. The
   child loads the solution with only the allowed builtins and parts of modules.
4. Right or wrong is decided here, by comparing what was observed at every instant with values that the worker is never
   told. For hidden stories the inputs are drawn anew for each solution, so that neither can be guessed.
5. The account must be complete: every instant once and in order, each line with this run's secret nonce, the end
   announced with the number of instants. Anything else loses the check. So does the deadline, and so does a flood.
6. With bubblewrap the box takes with it whatever a submission started, allocated or wrote, and shows it nothing of the
   labs, the submissions or the user.

What is not guaranteed: points 4 and 5 rest on 2 and 3. The children that run a solution also say what was observed. A
solution that found a way past the rules could make them say what it likes, and would then still have to know what is
expected. If you find such a way, it is a defect of `rules`; the box holds all the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from . import rules, telling
from .box import Box
from .story import Story, for_the_box, names, told
from .verdict import Verdict

__all__ = ["Account", "Limits", "examine"]

FLOOD = 8_000_000                    # bytes that a worker may say


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one story of a check."""

    cpu: float = 2.0                 # seconds of processor time for one run, which takes milliseconds if it ends at all
    run: float = 60.0                # seconds by the clock for one run: generous, since the machine may be busy
    story: float = 240.0             # seconds by the clock for all runs
    instants: int = 3000


@dataclass
class Account:
    """What came out of the box about one story."""

    ready: bool = False              # the worker is there; nothing of the student's has run yet
    at_rest: dict[str, Any] = field(default_factory=dict)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trouble: str = ""                # "spoiled", "too much time", "endless"
    complete: bool = False

    def add(self, line: bytes, nonce: str) -> None:
        """Take one line in, or find that it cannot be the worker's."""
        try:
            said = json.loads(line)
            if said.pop("nonce") != nonce:
                raise ValueError("not this run's nonce")
            self._add(**said)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.trouble = "spoiled"

    def _add(self, ready: bool = False, at_rest: dict | None = None, outcome: dict | None = None,
             end: int | None = None, notes: list | None = None) -> None:
        if self.complete or ready == self.ready or not ready and (at_rest is not None) == bool(self.at_rest):
            raise ValueError("out of order")
        if ready:
            self.ready = True
        elif at_rest is not None:
            self.at_rest = _typed(at_rest, AT_REST)
            self.complete = at_rest["how"] != "returned"
        elif outcome is not None:
            if outcome["index"] != len(self.outcomes):
                raise ValueError("an instant is missing")
            self.outcomes.append(_typed(outcome, OUTCOME))
            if outcome["how"] == "unfinished":
                self.trouble = "endless"             # decided; each further instant would take as long
        else:
            if end != len(self.outcomes):
                raise ValueError("instants are missing")
            self.notes, self.complete = [str(note) for note in notes], True


AT_REST = {"how": str, "phase": str, "detail": str, "line": int, "observation": object}
OUTCOME = {"index": int, "mine": bool, "line": int, "function": str, "call": str, "occurrence": int, "reachable": bool,
           "signal": str, "how": str, "detail": str, "observation": object, "handled": bool}


def _typed(said: dict[str, Any], types: dict[str, type]) -> dict[str, Any]:
    """What the box said, each part of its type; a part that is left out is empty."""
    known = {name: said.get(name, kind() if kind is not object else None) for name, kind in types.items()}
    if set(said) - set(types) or any(not isinstance(known[name], kind) for name, kind in types.items()):
        raise ValueError("not what a worker says")
    return known


def examine(task: str, source: str | None, check: str, box: Box, *, start: str = "", secret: str = "",
            limits: Limits = Limits(), hidden: tuple[Path, ...] = (), trusting: bool = False) -> Verdict:
    """The verdict on the solution `source` under every story of the check cell `check`.

    `start` is the task as it was handed out. `secret` goes into the draw of inputs. `trusting` leaves the rules out:
    only the tests of the box use it.
    """
    if source is None:
        return telling.no_cell(task)
    if (refusal := None if trusting else rules.refusal(source)) is not None:
        return telling.refused(task, refusal)
    verdict = telling.right(task, 0)
    with Worker(box, hidden) as worker:
        for name in names(check):
            verdict = _one_story(task, source, check, name, worker, secret, limits, trusting, verdict)
            if not verdict.right:
                return telling.untouched(verdict) if source.strip() == start.strip() else verdict
    return verdict


def _one_story(task, source, check, name, worker, secret, limits, trusting, before: Verdict) -> Verdict:
    seed = hashlib.sha256("\0".join([secret, task, name, source]).encode(errors="replace")).hexdigest()
    story = told(check, name, Random(seed))
    account = worker.account({
        "solution": source, "story": for_the_box(check), "name": name, "asks": list(story.asks), "inputs": vars(story),
        "signals": [int(number) for number in story.signals], "cpu": limits.cpu, "seconds": limits.run,
        "instants": limits.instants, "trusting": trusting,
    }, limits.story)
    return decided(task, story, account, before)


def decided(task: str, story: Story, account: Account, before: Verdict) -> Verdict:
    """The verdict on one story's account; right only if the account is whole and every instant is as expected."""
    if not account.ready:
        return telling.grader(task, "the box could not be started")
    if account.trouble == "spoiled":
        return telling.spoiled(task)
    if not account.at_rest:
        return telling.too_long(task, story)
    if not _same(account.at_rest, story.expected(0)):
        return telling.at_rest(task, story, account.at_rest, story.expected(0))
    wrong = [outcome for outcome in account.outcomes if not _same(outcome, story.expected(1))]
    if wrong:
        return telling.interrupted(task, story, account.outcomes, wrong, story.expected(1), account.complete)
    if account.trouble or not account.complete:
        return telling.too_long(task, story)
    if account.notes or not account.outcomes:
        return telling.unfinished(task, account.notes)
    if not any(outcome["handled"] for outcome in account.outcomes):
        return telling.never_handled(task, story)
    return telling.right(task, before.instants + len(account.outcomes))


def _same(outcome: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Returned, nothing left blocked, and observed exactly as expected; 1, 1.0 and True are three different things."""
    whole = {"seen": expected, "pending": []}
    return outcome["how"] == "returned" and _text(outcome["observation"]) == _text(whole)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


class Worker:
    """A worker in its box, for the stories of one check. Whatever is in the box ends with the with block."""

    def __init__(self, box: Box, hidden: tuple[Path, ...] = ()):
        worker = [sys.executable, "-I", "-c", "from ipclab.grade.worker import serve; serve()"]
        self.process = subprocess.Popen(box.command(worker, hidden), env=box.environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> Worker:
        return self

    def account(self, request: dict[str, Any], seconds: float) -> Account:
        """What the worker says to one request, within `seconds`."""
        nonce = secrets.token_hex(16)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"nonce": nonce, **request}).encode() + b"\n")
            self.process.stdin.flush()
        return _listened(self.process.stdout.fileno(), nonce, time.monotonic() + seconds)

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()


def _listened(descriptor: int, nonce: str, until: float) -> Account:
    account, partial, total = Account(), b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while not account.trouble and not account.complete:
            if not selector.select(max(0.0, until - time.monotonic())):
                account.trouble = "too much time"
                break
            piece = os.read(descriptor, 65536)
            total += len(piece)
            *lines, partial = (partial + piece).split(b"\n")
            for line in lines:
                account.add(line, nonce)
            if not piece or total > FLOOD:
                account.trouble = account.trouble or "spoiled"
                break
    return account
