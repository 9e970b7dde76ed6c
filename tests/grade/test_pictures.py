"""The student's own failing run: told in the box, taken as plain data, drawn for the notebook and the page."""

import json
import re

import pytest

from ipclab.grade import pages
from ipclab.grade.judge import Limits, examine
from ipclab.grade.pictures import picture
from ipclab.grade.retelling import MOST, Told
from ipclab.grade.verdict import Verdict


@pytest.fixture(scope="module")
def shown(signals, box):
    def run(task, source, **more):
        check = next(check for check in signals.checks if check.task == task)
        return examine(task, source, check.shown, box, **more)
    return run


def _told(verdict):
    return [(step["what"], step["depth"], step["line"], step["now"]) for step in verdict.run["interrupted"]["steps"]]


LOST = """
class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        balance = self.balance
        self.balance = balance + amount
"""


FIRST = "        balance = self.balance\n"


def test_a_lost_update_is_told_line_by_line_with_the_handler_inside(shown):
    verdict = shown("till", LOST)
    told = _told(verdict)                # where it is struck first depends on where this Python looks for signals
    handler = [("handler", 1, 0, {}), ("line", 1, 7, {"balance, handler": "100"}),
               ("line", 1, 8, {"self.balance": "105"}), ("back", 1, 0, {})]
    at = told.index(handler[0])
    assert told[at:at + 4] == handler and told[at - 1][0] == "strike" and told[at + 4][:2] == ("line", 0)
    assert ("line", 0, 7, {"balance": "100"}) in told and told[-1] == ("line", 0, 8, {"self.balance": "120"})
    drawn = picture(verdict, LOST)
    assert re.match("SIGUSR1 comes in line [78], just before “.+” is done", drawn.lines[at - 1])
    assert drawn.lines[-1].endswith("line 8: self.balance = balance + amount; self.balance 105 → 120.")
    assert "The balance came out as 120; it should be 125." in drawn.summary and drawn.code == LOST


def test_a_deadlock_ends_where_the_handler_waits_and_shows_who_has_the_lock(shown, signals):
    verdict = shown("journal", signals.starts["journal"])
    what, depth, line, now = _told(verdict)[-1]
    assert (what, depth) == ("line", 1) and "with self.lock" in signals.starts["journal"].splitlines()[line - 1]
    assert verdict.run["interrupted"]["how"] == "stuck"
    assert {"self.lock": "taken"} in [now for *_, now in _told(verdict)]
    assert "Here it waits for ever." in picture(verdict, "").summary


def test_a_handler_in_a_handler_stands_two_deep(shown, signals):
    assert max(depth for _, depth, *_ in _told(shown("tickets", signals.starts["tickets"]))) == 2


def test_what_closures_share_is_not_disturbed_by_looking_at_it(shown):
    """CPython 3.11 writes a frame's variables back after a tracing function: the handler's change would be lost."""
    source = """
def Till(opening):
    balance, calls = opening, 0

    class It:
        def book(self, amount):
            nonlocal balance, calls
            calls += 1
            before = balance
            balance = before + amount

        @property
        def balance(self):
            return balance if calls < 2 else balance + 1000
    return It()
"""
    verdict = shown("till", source)
    assert verdict.kind == "differs" and verdict.run, "the run that was told ended otherwise than the judged one"


def test_nothing_of_the_student_s_runs_to_be_read(shown):
    source = LOST.replace(FIRST, FIRST + "        odd = Odd()\n") + """

class Odd:
    def __getattribute__(self, name):
        import os
        os._exit(7)

    __repr__ = __eq__ = __hash__ = __len__ = __getattribute__
"""
    verdict = shown("till", source, trusting=True)
    assert verdict.kind == "differs" and verdict.run
    assert not any("odd" in now for *_, now in _told(verdict))


def test_a_run_without_end_is_cut(shown):
    verdict = shown("till", LOST.replace(FIRST, "        while True:\n            balance = 1\n"), limits=Limits(cpu=1))
    assert verdict.kind == "endless" and len(_told(verdict)) == MOST


STEP = {"what": "line", "depth": 0, "line": 3, "function": "f", "now": {}}


@pytest.mark.parametrize("steps", [[STEP | {"what": "boom"}], [STEP | {"line": "3"}], [STEP | {"depth": True}],
                                   [STEP | {"now": [1]}], [3], "ab", None])
def test_what_is_no_step_is_not_taken(steps):
    account = Told()
    account.add(json.dumps({"nonce": "n", "ready": True}).encode(), "n")
    account.add(json.dumps({"nonce": "n", "told": {"steps": steps, "how": "stuck", "observation": None}}).encode(), "n")
    assert account.trouble == "spoiled" and not account.complete


def test_what_is_taken_is_bounded_and_drawn_escaped():
    large = STEP | {"line": 10 ** 9, "depth": 10 ** 9, "now": {f"<b>{n}" * 200: "<i>" * 500 for n in range(500)}}
    many = [large] * 5 + [STEP] * 500
    account = Told()
    account.add(json.dumps({"nonce": "n", "ready": True}).encode(), "n")
    account.add(json.dumps({"nonce": "n", "told": {"steps": many, "how": "stuck", "observation": None}}).encode(), "n")
    assert account.complete and len(account.steps) == MOST
    assert len(json.dumps(account.steps[0])) < 30_000
    run = {"steps": account.steps[:3], "how": "stuck", "waiting": False}
    verdict = Verdict("t", "stuck", "…", run={"interrupted": run})
    html = pages.section(verdict, 0, 2, "<script>alert(1)</script>")
    assert "<b>" not in html.replace("<b>t", "") and "<i>&" not in html and html.count("<script>") == 1
    assert not re.search(r"<script>alert", html)
