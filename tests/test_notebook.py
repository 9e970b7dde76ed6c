"""`%%program` and runs with controls, in an IPython shell as a notebook has one."""

import pytest
from IPython.core.error import UsageError
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

from ipclab import Pipe, Semaphore, process, run
from ipclab.notebook import interactive_measurement, interactive_run, load_ipython_extension

FORKS = """
import os
print("before")
for i in range(2):
    pid = os.fork()
    if pid == 0:
        print("I am", i)
        os._exit(i)
    os.waitpid(pid, 0)
print("after")
"""


@pytest.fixture(scope="module")
def shell():
    shell = start_ipython()
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    return shell


def shown(shell, line, cell):
    with capture_output() as captured:
        shell.run_cell_magic("program", line, cell)
    bundle, = (output.data for output in captured.outputs)
    return bundle


def test_each_process_has_a_short_name(shell):
    bundle = shown(shell, "", FORKS)
    assert bundle["text/plain"].splitlines() == [
        "parent  | before", "child 1 | I am 0", "child 2 | I am 1", "parent  | after"]
    assert bundle["text/html"].count('<th scope="row">child') == 2


def test_a_single_process_shows_its_output_and_nothing_else(shell):
    assert shown(shell, "", "print('one')\nprint('two')") == {"text/plain": "one\ntwo"}


def test_errors_and_endings_are_shown(shell):
    text = shown(shell, "", "import sys\nprint('out')\nprint('bad', file=sys.stderr)\nsys.exit(3)")["text/plain"]
    assert text.splitlines() == [
        "parent          | out", "parent (stderr) | bad", "The parent ended with exit status 3."]
    assert "The parent was ended by SIGKILL." in shown(shell, "", "import os; os.kill(os.getpid(), 9)")["text/plain"]


def test_a_program_that_does_not_end_is_ended(shell):
    text = shown(shell, "--deadline 0.5", "print('waiting', flush=True)\nwhile True: pass")["text/plain"]
    assert "waiting" in text and "0.5 s" in text


def test_arguments_and_the_run_as_a_variable(shell):
    shown(shell, "--into what one 'two words'", "import sys\nprint(sys.argv[1:])")
    assert shell.user_ns["what"].output == "['one', 'two words']\n" and shell.user_ns["what"].ok


def test_the_program_sees_nothing_of_the_notebook(shell):
    shell.run_cell("secret = 42")
    assert "NameError" in shown(shell, "", "print(secret)")["text/plain"]


def test_what_a_program_prints_stays_text(shell):
    says = "import os\nprint('<script>\\x1b[2J\\u202e')\nif not os.fork(): print('a\\tb')\nelse: os.wait()"
    bundle = shown(shell, "", says)
    assert "<script" not in bundle["text/html"] and "\x1b" not in bundle["text/html"] + bundle["text/plain"]
    assert "\\x1b[2J\\u202e" in bundle["text/plain"] and "a\tb" in bundle["text/plain"]


def test_a_wrong_option_is_explained(shell):
    for line, problem in [("--no-such", "no-such"), ("--deadline soon", "float"), ("'open", "quotation")]:
        with pytest.raises(UsageError, match=problem):
            shell.run_cell_magic("program", line, "print()")


def taker(semaphore, times):
    for _ in range(times):
        semaphore.P()


def giver(semaphore, times):
    for _ in range(times):
        semaphore.V()
    print("gave", times)


def exchange(times, enough):
    with Semaphore(0, label="s") as semaphore:
        given = times if enough else times - 1
        deadline = 10 if enough else 1                           # seconds; without enough, the taker hangs for good
        return run(process(taker, semaphore, times), process(giver, semaphore, given), deadline=deadline)


def test_controls_run_real_processes_again():
    live = interactive_run(exchange, times=(1, 5), enough=True, title="Exchange")
    assert live.result.ok and len(live.result.trace) == 6       # the slider starts in the middle, at 3
    slider, _, button, _ = live.widget.children
    slider.value = 2
    assert len(live.result.trace) == 6                           # nothing runs before the button is pressed
    button.click()
    assert button.description == "Run again" and len(live.result.trace) == 4


def channel(capacity, producers, stays_open):
    pipe, kept = Pipe("pipe", capacity=capacity), stays_open == "the writing end"
    writers = [process(lambda end: end.write(b"x"), pipe.writer, name=f"producer-{i}") for i in range(producers)]
    reader = process(lambda it: getattr(it, "reader", it).read_all(), pipe if kept else pipe.reader, name="consumer")
    return run(*writers, reader, deadline=1 if kept else 10)


def test_capacity_producers_and_the_end_that_stays_open_are_chosen_and_drawn():
    ends = ["none", "the writing end"]
    live = interactive_run(channel, capacity=(4096, 8192, 4096), producers=(1, 3), stays_open=ends)
    capacity, producers, stays_open, button, _ = live.widget.children
    assert live.result.ok and live.result.trace.object("pipe").capacity == capacity.value
    capacity.value, producers.value = 8192, 3
    button.click()
    assert live.result.trace.object("pipe").capacity == 8192
    assert [e.kind for e in live.result.trace].count("write") == 3 and "producer-2" in live.picture.text
    stays_open.value = ends[1]
    button.click()
    assert live.result.timed_out and "consumer never returned from read" in live.picture.text


def test_a_run_that_hangs_is_drawn_with_what_it_hangs_in():
    live = interactive_run(exchange, times=(1, 5), enough=False)
    assert live.result.timed_out and "taker never returned from P s." in live.picture.text


def test_without_widgets_the_picture_and_its_words_are_there():
    live = interactive_run(exchange, times=(1, 3), enough=True)
    bundle = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith(live.picture.html) and bundle["text/plain"] == live.picture.text


def test_a_control_that_build_does_not_know_is_refused():
    with pytest.raises(TypeError, match="capacity"):
        interactive_run(exchange, times=(1, 3), enough=True, capacity=(1, 2))


def test_an_error_in_build_is_shown_and_the_controls_stay(capsys):
    live = interactive_run(lambda n: 1 // n, n=(0, 0))
    assert live.picture is None and "text/plain" in live._repr_mimebundle_()


@pytest.mark.usefixtures("fonts")
def test_a_mechanism_a_size_and_a_depth_are_measured_again_and_kept_beside_each_other():
    live = interactive_measurement(["pipe", "posix_semaphore"], seconds=.002)
    mechanism, size, depth, placement, button, _ = live.widget.children
    assert {r.way for r in live.result.latency} == {"pipe"} and {r.placement for r in live.result.latency} == {"same"}
    assert depth.label == "as usual" and [label for label, _ in depth.options][1:3] == ["1 slot", "2 slots"]
    mechanism.value, size.value, depth.value = "posix_semaphore", 4096, 2
    button.click()
    assert {(r.way, r.size) for r in live.result.latency} == {("pipe", 64), ("posix_semaphore", 4096)}
    assert 2 in {r.depth for r in live.result.throughput}
    assert "memory + POSIX sem. on one processor" in live.picture.text
    rows = len(live.result.latency)
    button.click()
    assert len(live.result.latency) == rows                      # the newer figures, not twice the same
    assert button.description == "Run again" and not button.disabled
    size.value, depth.value = 64, 1
    with capture_output() as first:
        button.click()
    depth.value = 8
    with capture_output() as second:
        button.click()
    one, several = ([output.data["text/plain"] for output in shown.outputs] for shown in (first, second))
    assert len(one) == 2 and one[0].startswith("Round trips of 64 B") and "4 KiB" not in one[1], "one size at a time"
    assert len(several) == 3 and several[1].startswith("A message of 64 B, by how many have room on the way")
    mechanism.value, size.value = "pipe", 64
    button.click()
    assert live.result.throughput[-1].way == "pipe" and live.picture.title.startswith("Round trips of 64 B")
    assert placement.options == (("one processor", "same"), ("two processors", "cross"))
