"""What a run left behind: counted in the box, told to the student, and, where a story says so, worth points."""

import json

import pytest

from ipclab.grade import leaks, pages
from ipclab.grade.account import Instants
from ipclab.grade.judge import examine

CHECK = """
class Asking(Story):
    asks = ["ask"]
    section = "Close what you open"

    def arrange(self):
        self.before = open("/dev/null")                  # the story's own is nobody's leak
        signal.signal(signal.SIGUSR1, lambda *_: None)

    def main(self):
        self.answer = ask()

    def observe(self):
        return {"the answer": self.answer}

    def expected(self, signals):
        return {"the answer": 42}
"""
STRICT = CHECK.replace("section =", "leaves_nothing = True\n    section =")
TIDY = "import os\ndef ask():\n    a, b = os.pipe()\n    os.close(a)\n    os.close(b)\n    return 42\n"
GARBAGE = "def ask():\n    thing = []\n    thing.append((thing, open('/dev/null')))\n    return 42\n"
OPEN = "import os\ndef ask():\n    os.pipe()\n    return 42\n"
RUNNING = """
import os, sysv_ipc, threading, time
def ask():
    if os.fork() == 0:
        os.setsid()
        time.sleep(1000)
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    for make in (sysv_ipc.Semaphore, sysv_ipc.MessageQueue):
        make(None, sysv_ipc.IPC_CREX)
    sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=4096)
    for path in ("/tmp/left", "/dev/shm/left"):
        os.mkfifo(path)
    return 42
"""


@pytest.mark.parametrize("source, left", [
    (TIDY, {}), (GARBAGE, {}), (OPEN, {"descriptors": 2}),
    (RUNNING, {"processes": 1, "children": 1, "threads": 1, "sem": 1, "msg": 1, "shm": 1, "files": 2})],
    ids=["tidy", "garbage", "open", "running"])
def test_what_is_left_is_counted_and_told(box, source, left):
    verdict = examine("ask", source, CHECK, box, trusting=True)
    assert verdict.left == left, verdict.sentence
    assert leaks.sentence(left) in pages.section(verdict, 0, 1, source)


def test_it_costs_nothing_unless_the_story_says_so(box):
    assert [examine("ask", source, check, box).kind for check in (CHECK, STRICT) for source in (TIDY, OPEN)] == [
        "right", "right", "right", "leaves"]


def test_the_words():
    assert leaks.sentence({}) == ""
    assert leaks.sentence({"sem": 1, "descriptors": 2}) == (
        "What your code started or opened and left behind: 2 open descriptors, a System V set of semaphores.")


@pytest.mark.parametrize("left", [{"files": 0}, {"files": True}, {"files": "1"}, {"worlds": 1}, [1]], ids=str)
def test_a_count_that_is_none_spoils_the_account(left):
    account = Instants()
    account.add(b'{"nonce": "n", "ready": true}', "n")
    at_rest = {"how": "returned", "phase": "observing", "observation": {}, "left": left}
    account.add(json.dumps({"nonce": "n", "at_rest": at_rest}).encode(), "n")
    assert account.trouble == "spoiled"
