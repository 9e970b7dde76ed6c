"""What a trace says step by step: labels, values, waits, causes, in words."""

from runs import bounded_buffer, deadlock

from ipclab.draw import space_time
from ipclab.draw.story import story
from ipclab.trace import Event, Object, Trace


def event(process, index, kind, object, role, start, end, **more):
    return Event(process, index, kind, object, role, start=start, end=end, **more)


def told(objects, *events, processes=("a", "b")):
    return story(Trace(processes, tuple(objects), events))


SEMAPHORE = Object("s", "System V semaphore", 0)


def test_a_real_run_is_told_completely():
    trace = bounded_buffer()
    text = space_time(trace).text
    lines = text.splitlines()
    assert len(lines) == len(trace) + 1
    assert "Processes: producer, consumer. Steps: 30. At the start: empty 2, full 0, mutex 1, buffer[0] 0, " in lines[0]
    for number, step in enumerate(trace.ordered(), 1):
        assert lines[number].startswith(f"{number}. {step.process}: {step.kind} ")
    assert "empty was 2, is now 1" in text
    assert "producer: store buffer[0] = 10" in text and "consumer: load buffer[0] = 10" in text


def test_a_deadlock_says_who_took_what_the_other_waits_for():
    text = space_time(deadlock()).text
    assert "first never returned from P B." in text and "second never returned from P A." in text
    assert "waits for B, which second took in step " in text and "waits for A, which first took in step " in text


def test_what_never_returned_has_the_last_numbers():
    """Also where others went on after it had asked; and the others' numbers have no gap."""
    steps = told([SEMAPHORE], event("a", 0, "P", "s", "take", 1, None), event("b", 0, "load", "n", "take", 2, 3),
                 event("b", 1, "load", "n", "take", 4, 5))
    assert [(s.process, s.number) for s in steps] == [("b", 1), ("b", 2), ("a", 3)]
    assert [s.number for s in story(deadlock()) if not s.returned] == [3, 4]


def test_a_write_of_which_a_part_was_read_stays_before_its_reader():
    pipe = Object("p", "pipe (byte stream)", 0, 4)
    steps = told([pipe], event("a", 0, "write", "p", "give", 1, None, argument="abcdef", size=6),
                 event("b", 0, "read", "p", "take", 2, 3, result="abcd", size=4))
    assert [s.process for s in steps] == ["a", "b"]


def test_a_take_waited_if_its_unit_came_after_it_had_asked():
    steps = told([SEMAPHORE], event("a", 0, "P", "s", "take", 1, 9), event("b", 0, "V", "s", "give", 4, 5))
    waited, = [s for s in steps if s.event.kind == "P"]
    assert waited.waited and waited.asked == 0 and waited.cause.process == "b"
    assert waited.sentence == "a: P s; waited for s; made possible by step 1, b: V s; s was 1, is now 0."


def test_a_take_did_not_wait_if_its_unit_was_there():
    steps = told([SEMAPHORE], event("b", 0, "V", "s", "give", 1, 2), event("b", 1, "V", "s", "give", 4, 5),
                 event("a", 0, "P", "s", "take", 3, 9))
    taken = steps[-1]
    assert not taken.waited and taken.cause.number == 1


def test_slow_is_not_waiting():
    free = Object("s", "System V semaphore", 3)
    steps = told([free], event("a", 0, "P", "s", "take", 1, 9), event("b", 0, "P", "s", "take", 2, 3))
    assert not any(s.waited for s in steps)


def test_a_descheduled_taker_did_not_wait_for_what_came_later():
    """Two takes and a later give: the one that asked while there was a unit did not wait, however late it ends."""
    one = Object("s", "System V semaphore", 1)
    steps = told([one], event("a", 0, "P", "s", "take", 5, 20), event("b", 0, "P", "s", "take", 10, 12),
                 event("c", 0, "V", "s", "give", 11, 13))
    assert not any(s.waited for s in steps if s.process == "a")


def test_a_load_never_waits_and_sees_the_store():
    cell = Object("n", "System V shared memory", 0)
    load = told([cell], event("a", 0, "store", "n", "give", 1, 6, argument=3),
                event("b", 0, "load", "n", "take", 2, 8, result=3))[-1]
    assert not load.waited and load.sentence == "b: load n = 3; sees what was left by step 1, a: store n = 3."


def test_much_data_is_shortened_and_counted():
    pipe = Object("p", "pipe (byte stream)", 0, 65536)
    step, = told([pipe], event("a", 0, "write", "p", "give", 1, 2, argument="x" * 200, size=4096))
    assert step.label == "write 'xxxxxxxxxxx…' 4,096 B"


def test_a_write_waited_if_the_pipe_had_no_room_until_somebody_read():
    pipe = Object("p", "pipe (byte stream)", 0, 4)
    steps = told([pipe], event("a", 0, "write", "p", "give", 1, 2, argument="abcd", size=4),
                 event("a", 1, "write", "p", "give", 3, 9, argument="ef", size=2),
                 event("b", 0, "read", "p", "take", 5, 6, result="abcd", size=4))
    assert [(s.label, s.waited, s.back) for s in steps] == [
        ("write 'abcd'", False, 1), ("write 'ef'", True, 3), ("read 'abcd'", False, 3)]
    assert [(s.was, s.now) for s in steps] == [(0, 4), (4, 4), (4, 2)]
    assert steps[1].sentence == "a: write 'ef'; waited for p, came back after step 3."


def test_end_of_file_comes_from_a_close_and_has_no_sender():
    pipe = Object("p", "pipe (byte stream)", 0, 65536)
    steps = told([pipe], event("a", 0, "write", "p", "give", 1, 2, argument="x"),
                 event("b", 0, "read", "p", "take", 3, 4, result="x"),
                 event("b", 1, "read", "p", "take", 5, 9, result="", size=0),
                 event("a", 1, "close", "p", "", 7, 8))
    end = steps[-1]
    assert end.cause is None and end.waited and end.label == "read ''"


def test_a_handler_inside_a_wait_does_not_shorten_it():
    signal = Object("SIGUSR1", "signal")
    steps = told([SEMAPHORE, signal], event("a", 0, "P", "s", "take", 1, 9),
                 event("a", 1, "handle", "SIGUSR1", "take", 3, 4), event("b", 0, "V", "s", "give", 6, 7))
    waited = next(s for s in steps if s.event.kind == "P")
    assert waited.waited and waited.asked == 0


def test_failures_keep_their_message_and_change_nothing():
    error = "WouldBlock: P_nowait on semaphore 's'."
    step, = told([SEMAPHORE], event("a", 0, "P_nowait", "s", "take", 1, 2, error=error))
    assert step.failure == "WouldBlock" and not step.changed
    assert step.sentence == "a: P_nowait s; failed: WouldBlock: P_nowait on semaphore 's'."


def test_values_are_counted_because_the_kernel_may_already_tell_the_next():
    steps = told([SEMAPHORE], event("b", 0, "V", "s", "give", 1, 2, value=0),
                 event("a", 0, "P", "s", "take", 1, 3, value=0))
    assert [(s.was, s.now) for s in steps] == [(0, 1), (1, 0)]


def test_data_names_its_channel_only_where_there_are_several():
    one, two = Object("p", "pipe", 0), Object("q", "System V message queue", 0)
    write = event("a", 0, "write", "p", "give", 1, 2, argument="x")
    send = event("a", 1, "send", "q", "give", 3, 4, argument="y")
    assert [s.label for s in told([one], write)] == ["write 'x'"]
    assert [s.label for s in told([one, two], write, send)] == ["write 'x' to p", "send 'y' to q"]


def test_a_trace_that_lost_its_objects_is_still_told():
    step, = told([], event("a", 0, "P", "s", "take", 1, 2))
    assert step.label == "P s"
