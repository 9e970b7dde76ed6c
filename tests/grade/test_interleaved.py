"""One check in which processes take turns: what is found, and what the student is told."""

import json

import pytest

from ipclab.grade.account import Explored
from ipclab.grade.judge import Limits, examine
from ipclab.grade.shown import shown
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedArray, SharedInteger

SELL = '''
class OneCakeLeft(Interleavings):
    asks = ["sell"]
    section = "Mutual exclusion"
    stuck = "nobody gave the key back"
    processes = {"Ann": "clerk", "Ben": "clerk"}
    cakes = 1

    def arrange(self):
        self.mutex, self.left = Semaphore(1), SharedInteger(self.cakes)

    def clerk(self, mutex, left):
        return sell(mutex, left)

    def observe(self, ended):
        return {"the cakes left": self.left.view[0], "the cakes sold": sum(ended.outcomes.values())}

    def wrong(self, seen, killed):
        return "" if seen["the cakes sold"] == 1 else "both sold the last cake"
'''
DEF = "def sell(mutex, left):\n"
TAKE = "    if left.value > 0:\n        left.value -= 1\n        return 1\n    return 0\n"
TOLD = {
    "right": (DEF + "    with mutex.held():\n" + TAKE.replace("\n    ", "\n        ").replace("    if", "        if", 1), "right", 0, "every order"),
    "a race": (DEF + TAKE, "differs", 2, "It can end like this: both sold the last cake."),
    "a deadlock": (DEF + "    mutex.P()\n" + TAKE, "stuck", 2, "waits for ever: nobody gave the key back."),
    "raises": (DEF + "    mutex.P()\n    return left.value / 0\n", "raised", 3, "failed in line 3 of your cell with ZeroDivisionError"),
    "does nothing": (DEF + "    return 1\n", "differs", 0, "both sold the last cake"),
    "a variable of the module": ("sold = []\n" + DEF + "    sold.append(1)\n    return int(len(sold) == 1)\n", "differs", 0, "both sold"),
    "returns nothing": (DEF + "    with mutex.held():\n        left.load()\n", "differs", 0, "does each of your functions return what the task asks for?"),
    "busy": (DEF + "    while left.value:\n        pass\n    return 1\n", "busy", 0, "busy waiting"),
    "endless": (DEF + "    while True:\n        pass\n", "endless", 0, "does not come to an end"),
    "round the gate": (DEF + "    return left.view[0]\n", "raised", 2, "has no 'view', only load, store"),
    "a time limit": (DEF + "    mutex.P(timeout=1)\n", "refused", 0, "`timeout=`"),
    "missing": ("def buy():\n    pass\n", "missing", 0, "does not define `sell`"),
    "an error when loaded": ("x = 1\n1 / 0\n", "failed", 2, "when your cell is run: ZeroDivisionError"),
    "a module": ("import os\n" + DEF + TAKE, "refused", 1, "does without the module `os`"),
    "will not be ended": (DEF + "    while True:\n        try:\n            mutex.P()\n        except:\n            pass\n", "died", 0, "Catch only"),
}


@pytest.mark.parametrize("source, kind, line, words", TOLD.values(), ids=TOLD)
def test_the_student_is_told_in_one_plain_sentence(box, source, kind, line, words):
    verdict = examine("sell", source, SELL, box, limits=Limits(cpu=1))
    assert (verdict.kind, verdict.line) == (kind, line), verdict
    assert words in verdict.sentence and "Traceback" not in verdict.sentence and "ipclab" not in verdict.sentence


def test_the_failing_run_comes_with_the_lines_of_the_cell(box):
    verdict = examine("sell", DEF + TAKE, SELL, box)
    events = verdict.run["interleaving"]["trace"]["events"]
    assert [(event["kind"], event["object"]) for event in events].count(("store", "left")) == 2
    assert {event["line"] for event in events} == {2, 3}
    assert verdict.facts["switches"] == 2 and verdict.section == "Mutual exclusion"
    assert verdict == examine("sell", DEF + TAKE, SELL, box)


PLAN = '''
class Meet(Interleavings):
    asks = ["semaphores", "left", "right"]
    processes = {"left": "one", "right": "other"}

    def plan(self):
        return semaphores()

    def arrange(self):
        self.s, self.log = self.made(self.planned), SharedArray(3)

    def say(self, what):
        n = self.log.load(0)
        self.log.store(0, n + 1)
        self.log.store(n + 1, what)

    def one(self, s):
        left(s, lambda: self.say(1))

    def other(self, s):
        right(s, lambda: self.say(2))

    def observe(self, ended):
        return {"the order": list(self.log.view[1:])}

    def expected(self):
        return {"the order": [1, 2]}
'''
TURNS = "def left(s, act):\n    act()\n    s.go.V()\n\ndef right(s, act):\n    s.go.P()\n    act()\n\ndef semaphores():\n    return "


@pytest.mark.parametrize("plan, kind, words", [
    ("{'go': 0}", "right", ""), ("{'go': 1}", "differs", "the order"), ("{'go': -1}", "no plan", "from 0 up"),
    ("{'go': True}", "no plan", "True"), ("[1]", "no plan", "this is [1]"), ("{'a b': 1}", "no plan", "is no name"), ("{}", "raised", "has no attribute 'go'"), ("1 / 0", "failed", "ZeroDivisionError"),
    ("{'go': [0] * 30}", "no plan", "you ask for 30"),
])
def test_a_plan_comes_before_the_objects(box, plan, kind, words):
    verdict = examine("meet", TURNS + plan, PLAN, box)
    assert verdict.kind == kind and words in verdict.sentence, verdict


DEATH = '''
class OneDies(Interleavings):
    asks = ["work"]
    processes = {"Ann": "clerk", "Ben": "clerk"}
    dies = ["Ann"]

    def arrange(self):
        self.mutex, self.n = Semaphore(1, undo=UNDO), SharedInteger(0)

    def clerk(self, mutex, n):
        work(mutex, n)

    def observe(self, ended):
        return {"n": self.n.view[0]}

    def wrong(self, seen, killed):
        return "" if seen["n"] in (1, 2) else f"{killed} left {seen['n']} behind"
'''
WORK = "def work(mutex, n):\n    mutex.P()\n    n.value += 1\n    mutex.V()\n"


def test_every_death(box):
    stuck = examine("work", WORK, DEATH.replace("UNDO", "False"), box)
    assert stuck.facts["harmful deaths"] > 0
    assert stuck.kind == "stuck" and stuck.sentence.startswith("After Ann was killed, Ben waits for ever"), stuck
    right = examine("work", WORK, DEATH.replace("UNDO", "True"), box)
    assert right.right and right.deaths == 6 and "killed at each of 6 moments" in right.sentence, right


PIPE = '''
class Through(Interleavings):
    asks = ["write", "read"]
    processes = {"writer": "one", "reader": "other"}

    def arrange(self):
        pipe = Pipe()
        self.source, self.sink = pipe.reader, pipe.writer

    def one(self, sink):
        write(sink)

    def other(self, source):
        return read(source)

    def observe(self, ended):
        return {"what was read": ended.outcomes["reader"]}

    def expected(self):
        return {"what was read": "cake"}
'''


def test_a_process_keeps_the_descriptors_that_its_method_asks_for(box):
    source = "def write(sink):\n    sink.write(b'ca')\n    sink.write(b'ke')\n\ndef read(source):\n    return source.read_all().decode()\n"
    assert examine("through", source, PIPE, box).right
    once = source.replace("read_all()", "read()")
    assert "EPIPE" in examine("through", once, PIPE, box).sentence       # the reader ends first, and nobody else can read


READY = {"ready": True}
PLANNED = {"at_rest": {"how": "returned", "phase": "observing", "observation": None}}
END = {"end": {"seen": {"n": 1}, "raised": {}, "stuck": [], "killed": ""}}
FOUND = {"found": json.dumps({"status": "PROVED", "reason": "", "sizes": {}, "story": [], "schedule": []})}


def _account(*lines):
    answers = []
    account = Explored(judged=lambda end: end["seen"]["n"] != 1 and ("differs", "two"), answer=answers.append)
    for line in lines:
        account.add(json.dumps({"nonce": "secret"} | line).encode(), "secret")
    return account, answers


def test_an_honest_account():
    wrong = {"end": END["end"] | {"seen": {"n": 2}}}
    account, answers = _account(READY, PLANNED, END, wrong, FOUND)
    assert account.complete and not account.trouble and answers == ["", "1"] and account.found.proved


@pytest.mark.parametrize("lines", [
    [END], [READY, END], [READY, FOUND], [READY, PLANNED, PLANNED], [READY, PLANNED, FOUND, END], [READY, PLANNED, {"found": "{}"}],
    [READY, PLANNED, {"found": "PROVED"}], [READY, PLANNED, {"end": {"seen": 3}}], [READY, PLANNED, {"end": {"more": 3}}],
    [READY, PLANNED, {"outcome": {}}], [READY, PLANNED, {"end": {"seen": {}}}],
], ids=str)
def test_an_account_that_is_not_the_workers_is_spoiled(lines):
    assert _account(*lines)[0].trouble == "spoiled"


def test_a_solution_sees_operations_and_nothing_else():
    with Semaphore(1) as mutex, SharedInteger(5) as n, SharedArray(2, initial=[7, 8]) as cells:
        seen = shown({"mutex": mutex, "n": n, "cells": [cells]})
        with seen["mutex"].held():
            seen["n"].value += 1
        assert (mutex.state(), n.view[0], seen["n"].load(), list(seen["cells"][0]), len(seen["cells"][0])) == (1, 6, 6, [7, 8], 2)
        for name in ("view", "state", "remove", "label", "id", "_semaphore"):
            assert not any(hasattr(each, name) for each in (seen["mutex"], seen["n"], seen["cells"][0])), name
        with pytest.raises(AttributeError, match="cannot be set"):
            seen["mutex"].V = None
    pipe = Pipe()
    with shown(pipe.writer) as writer:
        writer.write(b"cake")
    assert shown(pipe.reader).read_exactly(4) == b"cake" and pipe.writer.closed
    pipe.close()
