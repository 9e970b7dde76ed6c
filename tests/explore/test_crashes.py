"""Every death of every process: who is stuck then, and which data are wrong."""

import os

import pytest
from systems import buffer

from ipclab import errors
from ipclab.explore.crashes import Deaths, every_death, every_death_here
from ipclab.explore.system import System
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedArray
from ipclab.processes import process


def two_with_a_mutex(undo: bool = False):
    """Both write the same number into both cells of a record, under a mutex."""
    def make():
        mutex, record = Semaphore(1, label="mutex", undo=undo), SharedArray(2, label="record")

        def write(value):
            mutex.P()
            record[0] = value
            record[1] = value
            mutex.V()

        return System(process(write, 1, name="a"), process(write, 2, name="b"),
                      check_after_death=lambda end: record.view[0] == record.view[1] or "the record is half-written")

    return make


def harm(deaths, process):
    return {death.operations: death.verdict.reason for death in deaths.harmful if death.process == process}


def test_who_dies_holding_a_mutex_leaves_the_other_stuck():
    deaths = every_death_here(two_with_a_mutex())
    assert [(d.process, d.operations) for d in deaths.deaths] == [(p, n) for p in "ab" for n in range(5)]
    for dead, survivor in ("ab", "ba"):
        found = harm(deaths, dead)
        assert set(found) == {1, 2, 3}
        assert found[1] == found[3] == f"deadlock: {survivor} can never go on"
        assert found[2] in (found[1], "the record is half-written")          # the latter if the survivor was first
    assert deaths.deaths[0].verdict.proved and deaths.deaths[4].verdict.proved
    assert deaths.verdict().refuted and "after P() on mutex" in deaths.verdict().reason


def test_undo_frees_the_mutex_but_not_the_data():
    deaths = every_death_here(two_with_a_mutex(undo=True))
    assert harm(deaths, "a") == {2: "the record is half-written"}


def test_what_goes_wrong_without_a_death_hides_none():
    """One mark for two who wait for one: without any death somebody is stuck already."""
    def make():
        mark = Semaphore(0, label="mark")
        return System(process(mark.V, name="giver"), process(mark.P, name="a"), process(mark.P, name="b"),
                      check_after_death=lambda end: not end.stuck or "stuck", may_stick=True)

    deaths = every_death_here(make, victims=["a"])
    assert [(d.operations, d.verdict.status) for d in deaths.deaths] == [(0, "PROVED"), (1, "REFUTED")]


def test_a_loop_before_any_death_is_not_taken_for_the_end_of_all_deaths():
    def make():
        n, start = SharedArray(1, label="n"), Semaphore(0, label="start")

        def stares():
            while n[0] == 0:
                pass
            start.V()

        return System(process(stares), process(start.P, name="b"))

    assert every_death_here(make, victims=["b"], runs=50).verdict().status == "NOT FINISHED"


def test_the_story_names_the_killing():
    death = every_death_here(two_with_a_mutex()).harmful[0]
    assert any("a: is killed (SIGKILL)" in line for line in death.verdict.story)
    assert death.verdict.trace.notes == ("a was killed",)


def test_a_reader_sees_the_end_when_the_only_writer_dies():
    def make():
        pipe = Pipe(label="pipe")

        def write(writer):
            writer.write(b"half")
            writer.write(b"whole")

        def read(reader):
            return reader.read_all().decode()

        return System(process(write, pipe.writer), process(read, pipe.reader),
                      check_after_death=lambda end: end.outcomes.get("read", "") in ("", "half", "halfwhole"))

    deaths = every_death_here(make)
    assert not harm(deaths, "write")
    # A dead reader is an exception in the writer, which the check above lets pass: nobody is stuck.
    assert deaths.verdict().proved


def client_and_server(kind):
    def make():
        requests, answers = kind(label="requests"), kind(label="answers")

        def client():
            requests.send(b"2")
            return int(answers.receive())

        def server():
            answers.send(b"%d" % (int(requests.receive()) * 2))

        return System(process(client), process(server))

    return make


@pytest.mark.parametrize("kind", [MessageQueue, PosixQueue])
def test_a_message_that_a_dead_process_took_out_is_lost(kind):
    deaths = every_death_here(client_and_server(kind))
    assert harm(deaths, "server") == dict.fromkeys([0, 1], "deadlock: client can never go on")
    assert harm(deaths, "client") == {0: "deadlock: server can never go on"}
    lost = next(d for d in deaths.harmful if d.process == "server" and d.operations == 1)
    assert str(lost) == "server killed after receive() on requests: deadlock: client can never go on"


def test_the_queues_of_one_run_are_closed_before_the_next():
    """All that are open count against RLIMIT_MSGQUEUE, and nine of the usual size are all that a user may have."""
    open_before = []

    def make():
        open_before.append(len(os.listdir("/proc/self/fd")))
        return client_and_server(PosixQueue)()

    every_death_here(make)
    assert open_before == open_before[:1] * len(open_before)


def test_what_fails_while_the_objects_are_made_comes_out_as_it_is():
    with pytest.raises(errors.LimitReached, match="No queue for 10 messages of 1073741824 bytes"):
        every_death_here(lambda: System(process(PosixQueue(max_size=2**30).send, b"x")))


def test_a_record_written_in_two_pieces_may_stay_half_written_in_a_pipe():
    def make(in_pieces=True):
        pipe = Pipe(label="pipe")

        def write(writer):
            for piece in (b"ab", b"cd") if in_pieces else (b"abcd",):
                writer.write(piece)

        def read(reader):
            return reader.read_all().decode()

        return System(process(write, pipe.writer), process(read, pipe.reader), check_after_death=lambda end:
                      end.outcomes.get("read", "") in ("", "abcd") or f"half a record: {end.outcomes['read']}")

    assert harm(every_death_here(make), "write") == {1: "half a record: ab"}
    assert every_death_here(lambda: make(in_pieces=False)).verdict().proved


def test_deaths_from_a_fresh_process_are_plain_data():
    deaths = every_death(two_with_a_mutex())
    assert Deaths.from_json(deaths.to_json()) == deaths
    assert harm(deaths, "a")


def test_a_bounded_buffer_survives_no_death_in_between():
    deaths = every_death_here(buffer(1, producers=1, items=1, consumers=1))
    assert {d.operations for d in deaths.harmful if d.process == "producer-0"} == set(range(7))


def test_what_cannot_be_explored_is_named():
    def make():
        s = Semaphore(1, label="s")
        return System(process(lambda: s.P(timeout=1), name="a"))

    deaths = every_death_here(make)
    assert deaths.verdict().status == "NOT FINISHED" and "time limit" in deaths.verdict().reason
