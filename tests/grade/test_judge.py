"""One check of one submission: what is found, and what the student is told."""

import json

import pytest

from ipclab.grade import judge
from ipclab.grade.account import Instants
from ipclab.grade.judge import Limits, examine
from ipclab.grade.story import for_the_box, names

TILL = "class Till:\n    def __init__(self, balance):\n        self.balance = balance\n"


@pytest.fixture
def till(signals, box):
    """Judges a solution of the task `till` under the shown story."""
    check = next(check for check in signals.checks if check.task == "till")

    def judged(source, **options):
        return examine("till", source, check.shown, box, start=signals.starts["till"], **options)

    return judged


TOLD = {
    "no cell": (None, "no cell", 0, "no cell for this task"),
    "syntax": ("x = 1\nclass Till(:\n", "syntax", 2, "Line 2: Python cannot read this line"),
    "refused": ("import os\nos._exit(0)", "refused", 2, "Line 2: This lab does without `os._exit`."),
    "missing": ("till = 3", "missing", 0, "does not define `Till`"),
    "an error when loaded": ("x = 1\n1 / 0", "failed", 2, "error in line 2 of your cell, when your cell is run: ZeroDivisionError"),
    "exit": ("raise SystemExit", "failed", 1, "SystemExit"),
    "an error at rest": (TILL + "    def book(self, amount):\n        self.x\n", "failed", 5, "even when no signal comes: AttributeError"),
    "no such method": (TILL, "failed", 0, "has no attribute 'book'"),
    "wrong at rest": (TILL + "    def book(self, amount):\n        pass\n", "failed", 0, "came out as 100; it should be 120"),
    "endless when loaded": ("while True:\n    pass", "endless", 0, "does not come to an end, when your cell is run"),
    "endless": (TILL + "    def book(self, amount):\n        while True: pass\n", "endless", 0, "even when no signal comes"),
    "endless when interrupted": (
        TILL + "        self.busy = 0\n    def book(self, amount):\n        self.busy += 1\n        while self.busy > 1:\n"
        "            pass\n        self.balance = self.balance + amount\n        self.busy -= 1\n", "endless", 7, "did not come to an end"),
    "waits for ever": ("import os\nr, w = os.pipe()\nos.read(r, 1)", "stuck", 0, "waits for ever, when your cell is run"),
    "deadlock": ("import threading\n" + TILL + "        self.lock = threading.Lock()\n    def book(self, amount):\n"
                 "        with self.lock:\n            self.balance += amount\n", "stuck", 7, "held by the code that had"),
    "killed": ("import signal\nsignal.raise_signal(9)", "died", 0, "ended its own process"),
    "raises when interrupted": (TILL + "        self.busy = False\n    def book(self, amount):\n        if self.busy:\n"
                                "            raise RuntimeError('busy')\n        self.busy = True\n        self.balance += amount\n"
                                "        self.busy = False\n", "raised", 9, "your code failed with RuntimeError: busy"),
    "still blocked": ("import signal\n" + TILL + "    def book(self, amount):\n        signal.pthread_sigmask(signal.SIG_BLOCK, "
                      "{signal.SIGUSR1})\n        self.balance += amount\n", "blocked", 6, "let it through again"),
    "blocked all the time": ("import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})\n" + TILL
                             + "    def book(self, amount):\n        self.balance += amount\n", "blocked", 7, "still blocked"),
    "much memory": ("x = bytearray(10 ** 11)", "failed", 1, "MemoryError"),
    "too deep": ("def f(): f()\nf()", "failed", 1, "RecursionError"),
}


@pytest.mark.parametrize("source, kind, line, words", TOLD.values(), ids=TOLD)
def test_the_student_is_told_in_one_plain_sentence(till, source, kind, line, words):
    verdict = till(source, limits=Limits(cpu=1))
    assert (verdict.kind, verdict.line) == (kind, line), verdict
    assert words in verdict.sentence and "Traceback" not in verdict.sentence and "ipclab" not in verdict.sentence
    assert not verdict.right


def test_right_counts_every_instant(till, signals):
    verdict = till(signals.solutions["till"])
    assert verdict.right and verdict.instants > 30 and str(verdict.instants) in verdict.sentence


def test_untouched_is_said_so(till, signals):
    verdict = till(signals.starts["till"])
    assert verdict.kind == "untouched" and verdict.sentence.startswith("This task is as it was handed out.")
    assert 0 < verdict.wrong < verdict.instants


def test_code_without_a_single_step_of_python_can_be_right(signals, box):
    check = next(check for check in signals.checks if check.task == "tickets")
    source = "class Tickets:\n    def __init__(self):\n        self.rings = []\n    def on_ring(self, n, f):\n        self.rings.append(0)\n" \
             "    issued = property(lambda self: list(range(1, len(self.rings) + 1)))\n"
    assert examine("tickets", source, check.shown, box).right


def test_the_same_submission_gets_the_same_verdict(till, signals):
    verdicts = {json.dumps(till(source).plain()) for source in (signals.starts["till"], signals.solutions["till"]) for _ in range(3)}
    assert len(verdicts) == 2


def test_instants_that_only_the_language_allows_are_named_as_such(till):
    verdict = till(TILL + "    def book(self, amount):\n        self.balance += amount\n")
    assert verdict.kind == "differs" and "happens not to look for signals" in verdict.note


def test_hidden_inputs_are_drawn_anew_for_each_solution_and_secret(signals, box, monkeypatch):
    requests = []
    answer = judge.Worker.account
    monkeypatch.setattr(judge.Worker, "account", lambda self, request, *rest: requests.append(request) or answer(self, request, *rest))
    check = next(check for check in signals.graded if check.task == "receipt")
    solution = signals.solutions["receipt"]
    for source, secret in [(solution, "a"), (solution, "a"), (solution, "b"), (solution + "\n", "a")]:
        assert examine("receipt", source, check.stories, box, secret=secret).right
    drawn = [json.dumps(request["inputs"]) for request in requests if request["name"] == "OrderWhilePrintingTwo"]
    assert drawn[0] == drawn[1] and len(set(drawn)) == 3
    assert all("expected" not in request["story"] and "def draw" not in request["story"] for request in requests)


def test_what_only_the_judge_may_know_stays_out_of_the_box(signals):
    for check in signals.checks:
        text = for_the_box(check.stories)
        assert "def expected" not in text and "def draw" not in text and names(text) == names(check.stories)


# The account that comes out of the box.

READY = {"ready": True}
AT_REST = {"at_rest": {"how": "returned", "phase": "observing", "observation": {"seen": {}, "pending": []}}}
OUTCOME = {"index": 0, "mine": True, "line": 1, "function": "f", "call": "", "occurrence": 1, "reachable": True,
           "signal": "SIGUSR1", "how": "returned", "detail": "", "observation": {"seen": {}, "pending": []}, "handled": True}


def _account(*lines, nonce="secret", kind=Instants):
    account = kind()
    for line in lines:
        text = line if isinstance(line, bytes) else json.dumps({"nonce": "secret"} | line).encode()
        account.add(text, nonce)
    return account


def test_an_honest_account():
    account = _account(READY, AT_REST, {"outcome": OUTCOME}, {"outcome": OUTCOME | {"index": 1}}, {"end": 2, "notes": []})
    assert account.complete and not account.trouble and len(account.outcomes) == 2


@pytest.mark.parametrize("lines", [
    [b"hello"], [b"[]"], [b"3"], [b"{}"], [b"[" * 100_000], [b'{"nonce": "secret"}'],
    [{**READY, "nonce": "guessed"}], [AT_REST], [READY, READY],
    [READY, {"outcome": OUTCOME}], [READY, {"end": 0, "notes": []}],
    [READY, AT_REST, AT_REST],
    [READY, AT_REST, {"outcome": OUTCOME}, {"outcome": OUTCOME}],
    [READY, AT_REST, {"outcome": OUTCOME | {"index": 1}}],
    [READY, AT_REST, {"outcome": OUTCOME}, {"end": 2, "notes": []}],
    [READY, AT_REST, {"end": 0, "notes": []}, {"outcome": OUTCOME}],
    [READY, AT_REST, {"outcome": OUTCOME | {"line": "1"}}], [READY, AT_REST, {"outcome": OUTCOME | {"handled": 1}}],
    [READY, AT_REST, {"outcome": OUTCOME | {"extra": 1}}], [READY, AT_REST, {"verdict": "right"}], [READY, {"at_rest": "returned"}],
], ids=str)
def test_an_account_that_is_not_the_workers_is_spoiled(lines):
    assert _account(*lines).trouble == "spoiled"
