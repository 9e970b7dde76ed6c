"""Decides one check of one submission. It runs nothing of the student's: text goes into the box, plain data comes out.

What is guaranteed, and by what:

1. The judge's process never executes, imports or unpickles anything of a submission. It parses JSON and Python text.
2. What a solution may contain is decided from its text (`rules`) before anything runs. A text that passes cannot name
   the modules, frames, globals and builtins with which it could reach the code that watches it.
3. In the box, the process that drives and counts (`worker`) runs no student code: it forks a child for each run. The
   child loads the solution with only the allowed builtins and parts of modules, some of them `standins`.
4. Right or wrong is decided here, by comparing what was observed at every instant, or at each different end of all
   interleavings, with values that the worker is never told. For hidden stories the inputs are drawn anew for each
   solution, so that neither can be guessed.
5. The account must be complete: every instant once and in order, or the explorer's whole verdict and at least one end;
   each line with this run's secret nonce. Anything else loses the check. So does the deadline, and so does a flood.
6. The box takes with it whatever a submission started, allocated or wrote, and shows it nothing of the labs, the
   submissions or the user.

What is not guaranteed: points 4 and 5 rest on 2 and 3. The children that run a solution also say what was observed. A
solution that found a way past the rules could make them say what it likes, and would then still have to know what is
expected. If you find such a way, it is a defect of `rules`; the box holds all the same.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from . import interleaved, rules, telling
from .account import Account, Explored, Instants
from .box import Box
from .retelling import Told, which, with_run
from .story import Interleavings, Story, for_the_box, names, told
from .verdict import Verdict

__all__ = ["Limits", "examine"]

AnAccount = TypeVar("AnAccount", bound=Account)
FLOOD = 8_000_000                    # bytes that a worker may say


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one check. What is said of a story holds for each of its stories."""

    cpu: float = 2.0                 # seconds of processor time for one run, which takes milliseconds if it ends at all
    run: float = 60.0                # seconds by the clock for one run: generous, since the machine may be busy
    story: float = 240.0             # seconds by the clock for all runs of a story
    check: float = 300.0             # for all stories, but each has the least that follows
    least: float = 30.0
    instants: int = 3000
    runs: int = 4000                 # of a system of processes; and operations in one of these runs:
    operations: int = 150


def examine(task: str, source: str | None, check: str, box: Box, *, start: str = "", secret: str = "",
            limits: Limits = Limits(), hidden: tuple[Path, ...] = (), trusting: bool = False,
            worker: Worker | None = None) -> Verdict:
    """The verdict on the solution `source` under every story of the check cell `check`.

    `start` is the task as it was handed out. `secret` goes into the draw of inputs. `trusting` leaves the rules out:
    only the tests of the box use it. `worker` is one that is there already, and stays; without it the check has its own.
    """
    if source is None:
        return telling.no_cell(task)
    if (refusal := None if trusting else rules.refusal(source, _without(check))) is not None:
        return telling.refused(task, refusal)
    verdict = Verdict(task, "right", "")
    with contextlib.nullcontext(worker) if worker else Worker(box, hidden) as worker:
        until = time.monotonic() + limits.check
        for name in names(check):
            allowed = replace(limits, story=min(limits.story, max(limits.least, until - time.monotonic())))
            verdict = _one_story(task, source, check, name, worker, secret, allowed, trusting, verdict)
            if not verdict.right:
                return telling.untouched(verdict) if source.strip() == start.strip() else verdict
    return telling.right(verdict)


def _without(check: str) -> frozenset[str]:
    takes_turns = any(isinstance(told(check, name, Random()), Interleavings) for name in names(check))
    return rules.BESIDE_THE_GATE if takes_turns else frozenset()


def _one_story(task, source, check, name, worker, secret, limits, trusting, before: Verdict) -> Verdict:
    seed = hashlib.sha256("\0".join([secret, task, name, source]).encode(errors="replace")).hexdigest()
    story = told(check, name, Random(seed))
    request = {
        "solution": source, "story": for_the_box(check), "name": name, "asks": list(story.asks), "inputs": vars(story),
        "cpu": limits.cpu, "seconds": limits.run, "trusting": trusting,
    }
    if isinstance(story, Interleavings):
        request |= {"runs": limits.runs, "operations": limits.operations}
        account = Explored(judged=functools.partial(interleaved.judged, story), answer=worker.answer)
        return interleaved.decided(task, story, worker.account(request, limits.story, account), before)
    request |= {"signals": [int(number) for number in story.signals], "instants": limits.instants,
                "pending": [int(number) for number in story.signals] if story.handlers else [],
                "releases": type(story).release is not Story.release,
                "goes_on": "stuck" if story.waits else "returned", "boxed": worker.box.safe}
    account = worker.account(request, limits.story, Instants(goes_on=request["goes_on"]))
    left = Counter(before.left) | Counter(account.at_rest.get("left", {}))
    verdict = replace(decided(task, story, account, before), left=dict(left))
    return verdict if verdict.right else _with_run(verdict, story, account, request, worker, limits)


def _with_run(verdict: Verdict, story: Story, account: Instants, request: dict, worker: Worker,
              limits: Limits) -> Verdict:
    """The verdict with the failing run itself, for the picture. It changes nothing of what was decided."""
    def ask(tell: dict[str, Any]) -> Told:
        if not account.trouble:
            return worker.account(request | tell, limits.run, Told())
        with Worker(worker.box, worker.hidden) as another:           # that one is still at work
            return another.account(request | tell, limits.run, Told())

    wrong = [outcome for outcome in account.outcomes if not _same(outcome, story.expected(1))]
    worst = telling.first_of(wrong) if wrong else None
    return with_run(verdict, worst or account.at_rest, which(account.outcomes, worst), ask)


def decided(task: str, story: Story, account: Instants, before: Verdict) -> Verdict:
    """The verdict on one story's account; right only if the account is whole and every instant is as expected."""
    if not account.ready:
        return telling.grader(task, "the box could not be started")
    if account.trouble == "spoiled":
        return telling.spoiled(task)
    if not account.at_rest:
        return telling.too_long(task, story)
    if not _right_at_rest(story, account.at_rest):
        return telling.at_rest(task, story, account.at_rest, {} if story.waits else story.expected(0))
    if story.leaves_nothing and account.at_rest["left"]:
        return telling.leaves(task, story)
    wrong = [outcome for outcome in account.outcomes if not _same(outcome, story.expected(1))]
    if wrong:
        return telling.interrupted(task, story, account.outcomes, wrong, story.expected(1), account.complete)
    if account.trouble or not account.complete:
        return telling.too_long(task, story)
    if account.notes or not account.outcomes:
        return telling.unfinished(task, account.notes)
    if story.handlers and not any(outcome["handled"] for outcome in account.outcomes):
        return telling.never_handled(task, story)
    return replace(before, instants=before.instants + len(account.outcomes))


def _right_at_rest(story: Story, at_rest: dict[str, Any]) -> bool:
    if story.waits:
        return (at_rest["how"], at_rest["phase"]) == ("stuck", "running")
    return _same(at_rest, story.expected(0))


def _same(outcome: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Returned, nothing left blocked, and observed exactly as expected; 1, 1.0 and True are three different things."""
    whole = {"seen": expected, "pending": []}
    return outcome["how"] == "returned" and _text(outcome["observation"]) == _text(whole)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


class Worker:
    """A worker in its box, for one check after the other. Whatever is in the box ends with the with block."""

    def __init__(self, box: Box, hidden: tuple[Path, ...] = ()):
        self.box, self.hidden = box, hidden
        worker = [sys.executable, "-I", "-c", "from ipclab.grade.worker import serve; serve()"]
        self.process = subprocess.Popen(box.command(worker, hidden), env=box.environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> Worker:
        return self

    def account(self, request: dict[str, Any], seconds: float, account: AnAccount) -> AnAccount:
        """`account` with what the worker says to one request, within `seconds`."""
        nonce = secrets.token_hex(16)
        self._say({"nonce": nonce, **request})
        _listen(self.process.stdout.fileno(), account, nonce, time.monotonic() + seconds)
        return account

    def answer(self, number: str) -> None:
        """Answer the worker's question whether an end is right: "" if so, else the number of what is wrong."""
        self._say(number)

    def _say(self, what: Any) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()


def _listen(descriptor: int, account: Account, nonce: str, until: float) -> None:
    partial, total = b"", 0
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
