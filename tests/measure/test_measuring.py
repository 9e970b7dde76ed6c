"""The harness on real processes: what arrives, what is counted, what is left out, and what is left behind."""

import contextlib
import itertools
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from killing import was_killed
from typer.testing import CliRunner

from ipclab import cli, errors
from ipclab.cli import app
from ipclab.measure import TWINS, WAYS, latency, load, machine, measure, throughput, twin, ways
from ipclab.measure._way import Work
from ipclab.measure.machine import one_core, processors
from ipclab.mechanisms import leftovers
from ipclab.processes import _tree

NO_COMPILER = shutil.which("cc") is None
QUICKLY = {"rounds": 1, "seconds": .001, "count": False}
LATENCY_ONLY = {**QUICKLY, "what": ["latency"]}


def _rows(results):
    return {(one.way, one.twin) for one in results}


# --- every way ---

def test_every_way_carries_its_messages_for_everybody_who_can_call_it():
    """A wrong message fails the run (see below); 70,000 bytes go in parts where a mechanism has a limit."""
    twins = [name for name in TWINS if not (name == "c" and NO_COMPILER)]
    found = measure(sizes=[64], throughput_sizes=[70_000], placements=["same"], twins=twins, **QUICKLY)
    left_out = {note.split(" could")[0] for note in found.notes}
    for results, what in ((found.latency, "latency"), (found.throughput, "throughput")):
        offered = {(way, by) for way, kinds in WAYS.items() for by, kind in kinds.items()
                   if by in twins and getattr(kind, what) and f"{way} ({by})" not in left_out}
        assert _rows(results) == offered
    assert all(one.count >= 8 and 0 < one.q1 <= one.median <= one.q3 <= one.p99 for one in found.latency)
    assert all(0 < one.cpu_ns for one in (*found.latency, *found.throughput))
    assert {one.size for one in found.latency} == {0, 64}, "a signal has no size, all else has the one asked for"
    assert all((one.depth is None) == (not WAYS[one.way][one.twin].has_depth) for one in found.throughput)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 3, 4096, 4097, 65_536, 2**20])
def test_every_way_carries_messages_of_any_size(size):
    found = measure(sizes=[size], **QUICKLY)
    assert not [note for note in found.notes if "could not be measured" in note]


def test_a_placement_a_size_and_a_depth_are_as_asked_for():
    found = measure(["posix_semaphore"], [64], twins=["python"], depths=[2, 256], **QUICKLY)
    placements = {"same", "cross"} if len(os.sched_getaffinity(0)) > 1 else {"same"}
    assert {(one.size, one.placement) for one in found.latency} == {(64, place) for place in placements}
    assert {one.depth for one in found.throughput} == {2, 256}
    assert found.machine.cpus == len(os.sched_getaffinity(0)) and found.rounds == 1


def test_one_may_be_given_without_a_list_and_none_are_none():
    one = measure("ring", 128, "same", twins="ipclab", depths=8, **QUICKLY)
    assert [(row.size, row.placement) for row in one.latency] == [(128, "same")]
    assert [(row.size, row.depth) for row in one.throughput] == [(128, 8)]
    assert measure("pipe", [], throughput_sizes=[], twins="python", **QUICKLY).latency == ()
    assert measure("pipe", 64, "same", throughput_sizes=[], twins="python", **QUICKLY).throughput == ()


# --- wrong messages, dead sides, mechanisms that are not there ---

LATENCY, BURST, ENOUGH = "latency", "throughput", 60
FAULTS = {
    ("BitFlipped", "python", LATENCY, 64, ENOUGH): "failed: Wrong: message 0 is not what was sent when it arrived",
    ("BitFlipped", "python", BURST, 64, ENOUGH): "failed: Wrong: message 0 is not what was sent when it arrived",
    ("BitFlipped", "python", BURST, 70_000, ENOUGH): "failed: Wrong: message 0 is not what was sent when it arrived",
    ("Echoless", "python", LATENCY, 64, ENOUGH): "failed: Wrong: message 1 is not what was sent when it came back",
    ("Unsynchronised", "python", LATENCY, 64, ENOUGH): "is not what was sent",
    ("OtherMessages", "c", LATENCY, 64, ENOUGH): "failed: Wrong: message 0 is not what was sent when it arrived",
    ("OtherMessages", "c", BURST, 70_000, ENOUGH): "failed: Wrong: message 0 is not what was sent when it arrived",
    ("Deserted", "python", LATENCY, 64, ENOUGH): "failed: a side ended with status -9",
    ("Mute", "python", LATENCY, 64, .2): "failed: it did not finish in time",
    ("Forbidden", "python", LATENCY, 64, ENOUGH): "unavailable: PermissionError: [Errno 1] Operation not permitted",
    ("Unmakable", "python", LATENCY, 64, ENOUGH): "unavailable: [Errno 24] Too many open files",
}


@pytest.fixture(scope="module")
def answers():
    """What came of each fault; one process tries them all."""
    cases = [case for case in FAULTS if not (case[1] == "c" and NO_COMPILER)]
    done = subprocess.run([sys.executable, Path(__file__).with_name("faulty.py")], input=json.dumps(cases), text=True,
                          capture_output=True, check=True, timeout=300)
    return dict(zip(cases, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: "-".join(map(str, case)))
def test_what_goes_wrong_is_noticed_and_said(case, answers):
    if case not in answers:
        pytest.skip("needs a C compiler")
    answer = answers[case]
    assert answer.pop("left") is False, "no process and no descriptor"
    (kind, said), = answer.items()
    assert FAULTS[case] in f"{kind}: {said}"


@pytest.mark.parametrize("wrong", [
    {"ways": ["pip"]}, {"ways": "pip"}, {"sizes": [0]}, {"sizes": ["64"]}, {"sizes": [2**40]}, {"placements": ["here"]},
    {"twins": ["rust"]}, {"what": ["price"]}, {"depths": [0]}, {"rounds": 0}, {"seconds": 0}, {"seconds": "1"},
    {"ways": 5}, {"ways": [["pipe"]]}, {"sizes": 6.4}, {"sizes": [True]}, {"sizes": None}, {"depths": 0},
    {"depths": 1.5}, {"rounds": True}, {"seconds": True},
], ids=str)
def test_what_cannot_be_meant_is_refused_before_anything_runs(wrong):
    with pytest.raises(errors.Misuse, match="^measure on "):
        measure(**wrong, progress=lambda *_: pytest.fail("something ran"))


# --- counts ---

def test_a_round_trip_through_a_pipe_is_four_system_calls_and_two_switches():
    found = measure(["pipe", "multiprocessing_pipe"], what=["latency"], rounds=1, seconds=.002, placements=["same"])
    if any("strace" in note for note in found.notes):
        pytest.skip("strace is not here, or may not watch")
    calls = {(one.way, one.twin): one.syscalls for one in found.latency}
    assert {calls.pop(("pipe", by)) for by in TWINS if ("pipe", by) in calls} == {4}
    assert calls == {("multiprocessing_pipe", "python"): 6}, "it reads a header first"
    assert all(one.switches > 1.5 for one in found.latency)


# --- order, progress, single measurements ---

def test_the_order_is_random_and_the_seed_repeats_it():
    def order(seed):
        said = []
        found = measure(["pipe", "fifo", "eventfd", "signal", "tcp"], twins=["python"], placements=["same"], seed=seed,
                        progress=lambda *told: said.append(told), **{**LATENCY_ONLY, "rounds": 2})
        assert [done for done, *_ in said] == [*range(11)] and {of for _, of, *_ in said} == {10}
        assert found.seed == seed
        return [what for _, _, what, _ in said]

    first = order(1)
    assert sorted(first[:5]) == sorted(first[5:10]) and first[-1] == "", "each round has all of it"
    assert first[:5] != first[5:10], "and is drawn anew"
    assert order(1) == first


def test_after_each_round_there_is_what_would_be_the_result_if_the_run_ended_there():
    kept, left = [], []
    found = measure(["pipe", "ring"], twins=["ipclab"], placements=["same"], seconds=.001, rounds=3, keep=kept.append,
                    progress=lambda done, of, what, seconds: left.append(seconds))
    assert [(one.rounds, one.asked, one.whole) for one in kept] == [(1, 3, False), (2, 3, False), (3, 3, True)]
    assert [{one.repeats for one in some.throughput} for some in kept] == [{1}, {2}, {3}]
    assert len({len(some.latency) for some in kept}) == 1 and kept[-1] == found
    calls = [[one.syscalls for one in some.latency] for some in kept]
    assert calls[0] == calls[-1], "counted before the first round"
    assert all(seconds > 0 for seconds in left[:-1]) and left[-1] == 0


def test_one_latency_and_one_throughput():
    one = latency("pipe", "ipclab", 128, **QUICKLY)
    assert (one.way, one.twin, one.size, one.placement) == ("pipe", "ipclab", 128, "same")
    one = throughput("ring", "ipclab", 128, "same", depth=8, **QUICKLY)
    assert (one.way, one.depth, one.repeats) == ("ring", 8, 1)
    with pytest.raises(errors.NotInstalled, match="not measured so"):
        latency("memmove")


def test_nothing_is_started_where_there_is_nothing_to_measure(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = measure(["memmove"], what=["latency"])
    assert found.latency == found.throughput == () and found.whole


# --- a poorer machine ---

def test_without_compiler_and_strace_the_rest_is_measured(monkeypatch, tmp_path):
    _without_programs(monkeypatch, tmp_path)
    found = measure(["pipe", "ring"], placements=["same"], **{**LATENCY_ONLY, "count": True})
    assert _rows(found.latency) == {("pipe", "python"), ("pipe", "ipclab"), ("ring", "ipclab")}
    assert {one.syscalls for one in found.latency} == {None} and found.machine.compiler is None
    assert [("no C compiler" in note, "no strace" in note) for note in found.notes] == [(True, False), (False, True)]
    with pytest.raises(errors.NotInstalled, match="apt install gcc"):
        latency("pipe", "c", **QUICKLY)


def _without_programs(monkeypatch, folder, **programs):
    """A machine on which only these can be found."""
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    twin.compiler.cache_clear()
    monkeypatch.setattr(twin, "compiler", twin.compiler.__wrapped__)


def test_programs_that_do_not_work_are_as_if_they_were_not_there(monkeypatch, tmp_path):
    _without_programs(monkeypatch, tmp_path, strace="exit 1",
                      cc='[ "$1" = --version ] && echo "odd cc 1.0" || { echo "no headers" >&2; exit 1; }')
    found = measure(["pipe"], placements=["same"], **{**LATENCY_ONLY, "count": True})
    assert _rows(found.latency) == {("pipe", "python"), ("pipe", "ipclab")} and found.machine.compiler == "odd cc 1.0"
    assert found.notes[0].endswith(": no headers")
    assert found.notes[1].startswith("System calls were not counted. pipe (") and "status is 1." in found.notes[1]
    assert not [*Path(os.environ["XDG_CACHE_HOME"], "ipclab").glob(".twin-*")]


@pytest.mark.parametrize(("strace", "said"), [
    ('echo "strace: ptrace(PTRACE_TRACEME): Operation not permitted" >&2; exit 1', "PTRACE_TRACEME"),
    ("kill -9 $$", "Somebody killed it"), ('while [ "$1" != -o ]; do shift; done; shift 2; exec "$@"', "nothing down"),
], ids=["forbidden", "killed", "mute"])
def test_why_calls_were_not_counted_is_said_in_its_own_words(strace, said, monkeypatch, tmp_path):
    _without_programs(monkeypatch, tmp_path, strace=strace)
    found = measure("pipe", placements="same", twins="python", **{**LATENCY_ONLY, "count": True})
    assert [one.syscalls for one in found.latency] == [None]
    note, = found.notes
    assert "ystem calls were not counted" in note and said in note


def test_a_message_that_is_wrong_under_strace_is_as_bad_as_any(monkeypatch, tmp_path):
    """The bench that strace starts here measures a pipe which turns a bit of each message."""
    faulty = Path(__file__).with_name("faulty.py")
    _without_programs(monkeypatch, tmp_path, strace=f"exec {sys.executable} {faulty} serve")
    with pytest.raises(errors.RunError, match="pipe .python.*watched by strace: Wrong: message 0 is not what was sent"):
        measure("pipe", placements="same", twins="python", **{**LATENCY_ONLY, "count": True})


def test_of_what_the_kernel_refuses_each_is_said_once(no_posix_queues):
    found = measure(["pipe", "posix_queue"], sizes=[64, 128], twins=["python", "ipclab"], **QUICKLY)
    assert _rows(found.latency) == _rows(found.throughput) == {("pipe", "python"), ("pipe", "ipclab")}
    assert sorted(note.split(": ")[0] for note in found.notes) == [
        f"posix_queue ({by}) could not be measured here" for by in ("ipclab", "python")]
    assert all("RLIMIT_MSGQUEUE" in note or "ulimit -q" in note for note in found.notes)


def test_on_one_processor_only_that_placement_is_measured(one_processor):
    found = measure(["pipe"], twins=["python"], **LATENCY_ONLY)
    assert [one.placement for one in found.latency] == ["same"]
    assert found.notes == ("This process may use one processor only, so placement 'cross', on two, was left out.",)
    with pytest.raises(errors.NotInstalled, match="one processor only"):
        latency("pipe", placement="cross", **QUICKLY)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two processors")
def test_it_is_said_when_two_processors_are_one_core(monkeypatch):
    here = processors()["cross"]
    apart = measure(["pipe"], twins=["python"], **LATENCY_ONLY)
    assert any("hardware threads" in note for note in apart.notes) == one_core(*here)
    monkeypatch.setattr(machine, "_core", lambda cpu: ("0", "0"))          # a machine with one core
    together = measure(["pipe"], twins=["python"], **LATENCY_ONLY)
    assert any("hardware threads" in note for note in together.notes) and processors()["cross"] == here


@pytest.mark.skipif(NO_COMPILER, reason="needs a C compiler")
def test_the_c_twins_are_compiled_once_and_only_where_one_may_write(monkeypatch, tmp_path):
    made = twin.compiled()
    moment = made.stat().st_mtime_ns
    assert twin.compiled() == made and made.stat().st_mtime_ns == moment and [*made.parent.iterdir()] == [made]
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(errors.NotInstalled, match="XDG_CACHE_HOME"):
        twin.compiled()


@pytest.mark.skipif(NO_COMPILER, reason="needs a C compiler")
def test_c_twins_that_cannot_be_loaded_are_left_out(monkeypatch, tmp_path):
    """As where the cache is mounted noexec; here because the library is none."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(twin, "_compile", lambda library: library.write_bytes(b"no library"))
    found = measure("pipe", placements="same", twins=["python", "c"], **LATENCY_ONLY)
    assert _rows(found.latency) == {("pipe", "python")}
    note, = found.notes
    assert f"cannot be loaded ({tmp_path}" in note and "Set XDG_CACHE_HOME" in note


# --- interrupted and killed ---

LONG_TRIAL = ("from ipclab.measure import measure\n"
              "measure(['system_v_queue'], twins=['python'], what=['throughput'], seconds=60, count=False)")


@contextlib.contextmanager
def _in_the_middle(*command):
    """A caller, and the process that measures for it, while both sides of a trial are at work on a kernel object."""
    caller = subprocess.Popen(["nice", "-n", "5", sys.executable, *command], stderr=subprocess.PIPE, text=True)
    try:
        yield caller, _until(lambda: _at_work(caller.pid))
    finally:
        caller.kill()
        caller.communicate()


def _at_work(caller):
    """Below the caller, or below strace below it."""
    return next((bench for bench in _tree.descendants(caller) if len(_tree.children(bench)) == 2), None)


def _until(found):
    deadline = time.monotonic() + 60
    while not (answer := found()):
        assert time.monotonic() < deadline
        select.select([], [], [], .01)                     # look at the kernel's lists a hundred times a second
    return answer


def _gone(pid):
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("way, kind, made", [("posix_queue", "posix mq", 2), ("posix_semaphore", "posix sem", 4),
                                             ("fifo", "file", 2)])
def test_what_has_a_name_only_at_first_is_found_by_a_sweep_wherever_its_maker_was_killed(way, kind, made):
    """The fixture of all tests looks for what is left in the kernel, this one into the folder of the FIFOs."""
    removed, files = [], str(Path(ways.__file__).parent)
    for killed in itertools.count():
        if not was_killed(lambda: ways.made(way, "python", Work(64, 2)).close(), files, killed):
            break
        removed += [entry.kind for entry in leftovers.sweep()]
    assert killed > 10 and set(removed) == {kind} and len(removed) >= made, "killed while each had its name"
    assert not [*Path(os.environ["IPCLAB_LEDGERS"]).glob("*ipclab*")]


def test_ctrl_c_ends_the_command_and_leaves_nothing():
    """That nothing is left is what the fixture of all tests looks at, here and below."""
    with _in_the_middle("-m", "ipclab.cli", "measure", "--ways", "system_v_queue", "--long") as (caller, bench):
        caller.send_signal(signal.SIGINT)
        assert "Interrupted" in caller.communicate(timeout=60)[1] and caller.returncode == 130
        assert _gone(bench)


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "Interrupted. Kept in {}: {} of 7 rounds.\n"),
                                              (signal.SIGKILL, "")])
def test_a_run_that_is_ended_early_has_kept_its_rounds(number, said, tmp_path):
    file = tmp_path / "part.json"
    command = [sys.executable, "-m", "ipclab.cli", "measure", "--ways", "memmove", "--long", "--out", file]
    caller = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PATH": ""})   # no strace
    try:
        _until(file.exists)
        bench, = _tree.children(caller.pid)
        caller.send_signal(number)
        told = caller.communicate(timeout=60)[1]
        _until(lambda: _gone(bench))
    finally:
        caller.kill()
        caller.communicate()
    found = load(file)
    assert told.endswith(said.format(file, found.rounds)) and not found.whole
    assert {one.repeats for one in found.throughput} == {found.rounds} and len(found.throughput) >= 7
    assert [*tmp_path.iterdir()] == [file]
    done = CliRunner().invoke(app, ["measure", "--compare", str(file), str(file)])
    assert done.exit_code == 0 and f"part of a run: {found.rounds} of 7 rounds" in done.output


def test_what_measures_is_as_nice_as_its_caller_and_does_not_outlive_it():
    with _in_the_middle("-c", LONG_TRIAL) as (caller, bench):
        group = Path(f"/proc/{bench}/autogroup")           # nice counts within one; this is what counts between them
        assert not group.exists() or int(group.read_text().split()[-1]) == os.getpriority(os.PRIO_PROCESS, caller.pid)
        caller.kill()
        _until(lambda: _gone(bench))


def test_when_what_measures_is_killed_the_caller_says_so_and_tidies_up():
    with _in_the_middle("-c", LONG_TRIAL) as (caller, bench):
        os.kill(bench, signal.SIGKILL)
        said = caller.communicate(timeout=60)[1]
        assert "RunError: system_v_queue (python), throughput of 64 bytes" in said and "has ended" in said


# --- the command ---

def test_the_command_measures_writes_and_compares(tmp_path, monkeypatch):
    file = str(tmp_path / "a.json")
    monkeypatch.setattr(cli, "EVERY", 0)                   # seconds
    done = CliRunner().invoke(app, ["measure", "--ways", "memmove", "--seed", "5", "--out", file])
    assert done.exit_code == 0 and "Median time of a message of 64 KiB" in done.output
    assert f"wrote {file}" in done.output and "3 rounds, in random order" in done.output
    assert re.search(r"^(\d+) trials, which will take about \d+ s\n1 of \1 trials in \d+ s, about \d+ s left$",
                     done.stderr, re.MULTILINE)
    found = load(file)
    assert (found.seed, found.rounds, {one.way for one in found.throughput}) == (5, 3, {"memmove"})
    done = CliRunner().invoke(app, ["measure", "--compare", file, file])
    assert done.exit_code == 0 and "memmove" in done.output and "1.00" in done.output


@pytest.mark.parametrize(("arguments", "said"), [
    (["--ways", "pip"], "There are: pipe"), (["--sizes", "64,x"], "whole numbers of bytes"),
    (["--sizes", "0"], "whole number from 1"), (["--out", "/nowhere/a.json"], "Give a file with --out"),
    (["--out", "/"], "Give a file with --out"),
    (["--compare", "/nowhere/a.json", "/nowhere/b.json"], "ipclab measure --out"),
], ids=str)
def test_the_command_says_what_is_wrong_before_it_starts(arguments, said):
    done = CliRunner().invoke(app, ["measure", *arguments])
    assert done.exit_code == 2 and said in done.output
