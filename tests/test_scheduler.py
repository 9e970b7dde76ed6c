"""Being the scheduler in a notebook: what the buttons do and say, on real processes in a process of their own."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ipclab import Pipe, Semaphore, SharedInteger, be_the_scheduler, errors, process
from ipclab.explore import System

UNTIL_GONE = 30                      # seconds, on a loaded machine


def lost_update():
    n = SharedInteger(0, label="n")

    def increment():
        n.value = n.value + 1

    return System(process(increment, name="a"), process(increment, name="b"),
                  check=lambda end: n.view[0] == 2 or f"n is {n.view[0]}")


def crossed():
    left, right = Semaphore(1, label="left"), Semaphore(1, label="right")

    def both(first, second):
        first.P()
        second.P()
        second.V()
        first.V()

    return System(process(both, left, right, name="a"), process(both, right, left, name="b"))


def told():
    pipe, heard = Pipe(label="pipe"), Semaphore(0, label="heard")

    def tell(writer):
        writer.write(b"x")

    def hear(reader):
        reader.read(1)
        heard.V()

    return System(process(tell, pipe.writer), process(hear, pipe.reader))


@pytest.fixture
def scheduler():
    """`scheduler(system)`: one that is ended after the test."""
    made = []

    def make(system):
        made.append(be_the_scheduler(system))
        return made[-1]

    yield make
    for each in made:
        each.close()


def buttons(one):
    """What the browser shows on the processes' buttons: whether it may be pressed, and why not."""
    return [(each["name"], each["may"], each["does"]) for each in one.widget.view["processes"]]


def test_the_reader_loses_an_update_and_is_told_when_all_is_lost(scheduler):
    game = scheduler(lost_update)
    assert buttons(game) == [("a", True, "next: load n"), ("b", True, "next: load n")]
    assert game.said == "Nobody has passed yet.\nFrom here some ways fail, and some end well."
    assert game.widget.view["processes"][0]["where"].endswith("n.value = n.value + 1")
    game.step("a")
    game.step("b")
    assert game.said.endswith("From here every way fails.") and game.widget.view["mood"] == "bad"
    game.undo()
    game.step("a")
    assert game.said.endswith("From here no way fails: proved, at this size.")
    assert "n was 0, is now 1" in game.said and buttons(game)[0] == ("a", False, "has ended: returned None")
    game.restart()
    while game.widget.view["fails"]:
        game.towards_failure()
    assert game.said.endswith("It has failed: n is 1.") and len(game.schedule) == 4
    with pytest.raises(errors.Misuse, match="No way from here is known to fail"):
        game.towards_failure()


def test_who_is_blocked_says_on_what_and_a_deadlock_is_found(scheduler):
    game = scheduler(crossed)
    game.step("b")
    game.step("a")
    assert buttons(game) == [("a", False, "can never go on: P right"), ("b", False, "can never go on: P left")]
    assert game.said.endswith("It has failed: deadlock: a and b can never go on.")
    assert "b never returned from P left" in game.picture.text
    with pytest.raises(errors.Misuse, match="would have to wait for P.* on right; nobody may pass"):
        game.step("a")
    game.undo()
    assert "never returned" not in game.picture.text            # it has only not passed yet
    game.step("b")
    assert buttons(game) == [("a", False, "waits: P left"), ("b", True, "next: V left")]
    assert game.said.endswith("From here no way fails: proved, at this size.")


def test_of_processes_with_a_pipe_the_ends_are_steps_too(scheduler):
    game = scheduler(told)
    assert buttons(game) == [("tell", True, "next: write 'x'"), ("hear", False, "waits: read pipe")]
    game.step("tell")
    game.step("tell")
    assert game.said == "Step 2. tell ends.\nFrom here no way fails: proved, at this size."
    game.undo()
    assert buttons(game)[0] == ("tell", True, "next: end")
    for who in ("hear", "hear", "hear", "tell"):
        game.step(who)
    assert game.said == "Step 5. tell ends.\nIt has ended well."


def test_one_has_processes_at_a_time_and_the_other_goes_the_same_way_again(scheduler):
    kept = set(psutil.Process().children(recursive=True))
    first = scheduler(lost_update)
    first.step("a")
    second = scheduler(crossed)
    theirs = set(psutil.Process().children(recursive=True))
    assert first.step("b").step == 2 and first.schedule == ("a", "b")
    assert not theirs & set(psutil.Process().children(recursive=True)) - kept
    assert second.step("a").may == ("a", "b")


def test_without_widgets_the_picture_and_its_words_are_there(scheduler):
    game = scheduler(lost_update)
    game.step("a")
    bundle, _ = game._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith(game.picture.html) and bundle["text/plain"] == game.picture.text


def test_what_cannot_be_run_step_by_step_says_why():
    def impatient():
        s = Semaphore(0, label="s")
        return System(process(lambda: s.P(timeout=1), name="a"))

    with pytest.raises(errors.RunError, match="time limit, and time is not explored"):
        be_the_scheduler(impatient)
    with pytest.raises(errors.RunError, match="must return a System"):
        be_the_scheduler(lambda: None)


NOTEBOOK = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()     # as in a kernel
from test_scheduler import be_the_scheduler, crossed
game = be_the_scheduler(crossed)
game.step("a")
print("ready", flush=True)
threading.Event().wait()
"""


def test_its_processes_end_with_the_kernel_also_at_kill_9():
    with subprocess.Popen([sys.executable, "-c", NOTEBOOK], stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout.readline() == "ready\n"
        started = psutil.Process(kernel.pid).children(recursive=True)
        assert len(started) >= 3                                   # the stepper, and the two processes of the system
        kernel.send_signal(signal.SIGKILL)
    _, left = psutil.wait_procs(started, timeout=UNTIL_GONE)
    assert not left
