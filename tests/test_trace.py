"""Traces: what follows what, on small runs written by hand and on random ones checked by brute force."""

import itertools
import json
import random
import sys
from dataclasses import replace

import pytest

from ipclab.trace import Event, Object, Trace, plain

SEMAPHORE = Object("s", "System V semaphore", 0)
QUEUE = Object("q", "System V message queue", 0)
PIPE = Object("p", "pipe (byte stream)", 0, 65536)
INTEGER = Object("n", "System V shared memory", 0)


def event(process, index, kind, object, role, start, end, **more):
    return Event(process, index, kind, object, role, start=start, end=end, **more)


def V(process, index, start, end=None, **more):
    return event(process, index, "V", "s", "give", start, end or start + 1, **more)


def P(process, index, start, end=None, **more):
    return event(process, index, "P", "s", "take", start, end or start + 1, **more)


def send(process, index, text, start, end=None, object="q"):
    return event(process, index, "send", object, "give", start, end or start + 1, argument=text)


def receive(process, index, text, start, end=None, object="q"):
    return event(process, index, "receive", object, "take", start, end or start + 1, result=text)


def store(process, index, value, start, end=None, object="n"):
    return event(process, index, "store", object, "give", start, end or start + 1, argument=value)


def load(process, index, value, start, end=None, object="n"):
    return event(process, index, "load", object, "take", start, end or start + 1, result=value)


def trace(*events, objects=(SEMAPHORE, QUEUE, PIPE, INTEGER)):
    return Trace(tuple(sorted({e.process for e in events})), objects, events)


def paired(trace):
    return {(pair.give.key, pair.take.key) for pair in trace.pairs}


# Plain data

@pytest.mark.parametrize("value, kept", [
    (3, 3), ("text", "text"), (None, None), (True, True), (2.5, 2.5),
    (b"caf\xc3\xa9", "café"), (bytearray(b"ab"), "ab"), (b"\xff", "\\xff"), ([1, 2], "[1, 2]"), (len, "len"),
    (float("nan"), "nan"), (2**70, hex(2**70)), (-2**63, -2**63), ("\ud800", "\\ud800"),
    ("x" * 201, "x" * 200 + "…"), ("信" * 201, "信" * 200 + "…"),
])
def test_plain_keeps_what_json_keeps(value, kept):
    assert plain(value) == kept
    assert json.loads(json.dumps(kept)) == kept


@pytest.mark.parametrize("text", ["信" * 300, "é" * 199, "x" * 1000, "🙂" * 201])
def test_a_long_text_and_its_bytes_are_kept_alike(text):
    assert plain(text) == plain(text.encode())


def test_json_and_back_is_the_same_to_the_byte():
    run = trace(V("a", 0, 1, 2, value=1, line=3, function="f", file="f.py"), P("b", 0, 5, error="TimedOut: 信号量"),
                replace(load("a", 1, -5, 7), end=None))
    run = replace(run, notes=("truncated",))
    assert Trace.from_json(run.to_json()) == run
    assert Trace.from_json(run.to_json()).to_json() == run.to_json()


def damaged(change):
    data = json.loads(trace(V("a", 0, 1), P("b", 0, 2)).to_json())
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize("text", [
    "", "[]", "3", "null", "{}", '{"events": []}', "[" * 100_000,
    damaged(lambda d: d.pop("notes")),
    damaged(lambda d: d.update(more=1)),
    damaged(lambda d: d.update(processes="ab")),
    damaged(lambda d: d.update(events={})),
    damaged(lambda d: d.update(notes=[1])),
    damaged(lambda d: d.update(objects=[["s", "semaphore"]])),
    damaged(lambda d: d["events"].append(None)),
    damaged(lambda d: d["events"].append(d["events"][0])),
    damaged(lambda d: d["events"][0].pop("process")),
    damaged(lambda d: d["events"][0].update(colour="red")),
    damaged(lambda d: d["events"][0].update(start="now")),
    damaged(lambda d: d["events"][0].update(start=None)),
    damaged(lambda d: d["events"][0].update(end=1.5)),
    damaged(lambda d: d["events"][0].update(argument=[1])),
    damaged(lambda d: d["events"][0].update(result={"a": 1})),
    damaged(lambda d: d["objects"][0].update(value="many")),
])
def test_what_is_no_trace_is_refused(text):
    with pytest.raises((ValueError, TypeError)):
        Trace.from_json(text)


def test_shifted_traces_compare_equal_where_the_runs_were():
    early, late = trace(V("a", 0, 5, 7), P("b", 0, 6, 9)), trace(V("a", 0, 105, 107), P("b", 0, 106, 109))
    assert early != late
    assert early.shifted() == late.shifted() == trace(V("a", 0, 0, 2), P("b", 0, 1, 4))


def test_an_object_is_found_by_its_label_and_a_cell_by_its_array():
    run = trace(objects=(SEMAPHORE, Object("buffer", "POSIX shared memory", None, 3)))
    assert run.object("s") == SEMAPHORE
    assert run.object("buffer[2]") == Object("buffer[2]", "POSIX shared memory", None, 3)
    with pytest.raises(KeyError):
        run.object("unknown")


# Pairs: by count

def test_the_nth_p_owes_itself_to_the_nth_v():
    run = trace(V("a", 0, 1), V("a", 1, 3), P("b", 0, 0, 5), P("b", 1, 6))
    assert paired(run) == {(("a", 0), ("b", 0)), (("a", 1), ("b", 1))}


def test_what_was_there_at_first_came_from_nobody():
    run = trace(P("b", 0, 0), V("a", 0, 3), P("b", 1, 2, 5), objects=(replace(SEMAPHORE, value=1),))
    assert paired(run) == {(("a", 0), ("b", 1))}


def test_a_p_that_failed_or_never_came_back_took_nothing():
    run = trace(P("c", 0, 0, 2, error="WouldBlock"), V("a", 0, 3), P("b", 0, 4), replace(P("d", 0, 1), end=None))
    assert paired(run) == {(("a", 0), ("b", 0))}


def test_bytes_read_owe_themselves_to_the_write_that_put_the_last_of_them_there():
    def write(index, size, start):
        return event("w", index, "write", "p", "give", start, start + 1, size=size)

    def read(index, size, start):
        return event("r", index, "read", "p", "take", start, start + 1, size=size)

    run = trace(write(0, 3, 1), write(1, 4, 3), read(0, 2, 5), read(1, 5, 7), read(2, 0, 9))
    assert {(("w", 0), ("r", 0)), (("w", 1), ("r", 1))} <= paired(run)


# Pairs: by content

def test_messages_are_paired_by_what_they_say_in_any_order():
    run = trace(send("a", 0, "one", 1), send("a", 1, "two", 3), receive("b", 0, "two", 5), receive("b", 1, "one", 7))
    assert paired(run) == {(("a", 1), ("b", 0)), (("a", 0), ("b", 1))}


def test_among_equal_messages_the_oldest_goes_first_and_each_goes_once():
    run = trace(send("a", 0, "x", 1), send("b", 0, "x", 3), receive("c", 0, "x", 5), receive("c", 1, "x", 7),
                receive("c", 2, "x", 9))
    assert paired(run) == {(("a", 0), ("c", 0)), (("b", 0), ("c", 1))}


def test_no_message_is_paired_with_one_sent_later():
    assert paired(trace(receive("b", 0, "x", 1), send("a", 0, "x", 5))) == set()


# Pairs: the last store

def test_a_load_sees_the_newest_store_of_its_value():
    run = trace(store("a", 0, 5, 1), store("b", 0, 5, 3), load("c", 0, 5, 6))
    assert paired(run) == {(("b", 0), ("c", 0))}


def test_a_store_feeds_many_loads():
    run = trace(store("a", 0, 5, 1), load("b", 0, 5, 3), load("c", 0, 5, 4))
    assert paired(run) == {(("a", 0), ("b", 0)), (("a", 0), ("c", 0))}


def test_a_store_that_was_surely_overwritten_is_seen_by_nobody():
    run = trace(store("a", 0, 1, 1), store("b", 0, 2, 3), store("c", 0, 1, 0, 9), load("d", 0, 1, 6))
    assert paired(run) == {(("c", 0), ("d", 0))}


def test_a_store_under_way_may_be_seen_and_one_to_come_may_not():
    assert paired(trace(store("a", 0, 1, 1, 9), load("b", 0, 1, 3))) == {(("a", 0), ("b", 0))}
    assert paired(trace(store("a", 0, 1, 6), load("b", 0, 1, 3))) == set()


def test_each_cell_of_an_array_is_paired_for_itself():
    array = Object("buffer", "System V shared memory")
    run = trace(store("a", 0, 7, 1, object="buffer[0]"), store("a", 1, 7, 3, object="buffer[1]"),
                load("b", 0, 7, 5, object="buffer[0]"), objects=(array,))
    assert paired(run) == {(("a", 0), ("b", 0))}


def surely_overwritten(store, load, stores):
    return any(store.end < other.start and other.end < load.start for other in stores)


def test_the_last_store_agrees_with_brute_force_on_random_runs():
    chance, found = random.Random(7), 0
    for _ in range(200):
        events = [chance.choice([store, load])(p, i, chance.randint(0, 2), start, start + chance.randint(1, 30))
                  for p in "abcd" for i, start in enumerate(sorted(chance.sample(range(200), 6)))]
        stores = [e for e in events if e.kind == "store"]
        seen = {pair.take.key: pair.give for pair in trace(*events).pairs}
        for take in (e for e in events if e.kind == "load"):
            possible = [s for s in stores if s.argument == take.result and s.start <= take.end
                        and not surely_overwritten(s, take, stores)]
            assert (take.key in seen) == bool(possible)
            assert take.key not in seen or seen[take.key] in possible
            found += take.key in seen
    assert found > 500


# Order

def test_process_order_and_pairs_carry_over():
    run = trace(V("a", 0, 1), V("a", 1, 3), P("b", 0, 0, 5), V("b", 1, 8))
    first, second, taken, last = run.events
    assert run.happens_before(first, second) and run.happens_before(first, taken) and run.happens_before(first, last)
    assert not run.happens_before(second, taken) and not run.happens_before(last, first)
    assert not run.happens_before(first, first)


def test_a_handler_in_the_middle_of_a_blocked_p_is_by_itself_neither_before_nor_after_it():
    blocked, by_handler, later = P("a", 0, 0, 20), V("a", 1, 5), V("a", 2, 25)
    run = trace(blocked, by_handler, later, objects=(replace(SEMAPHORE, value=1),))
    assert not run.happens_before(blocked, by_handler) and not run.happens_before(by_handler, blocked)
    assert run.happens_before(blocked, later) and run.happens_before(by_handler, later)


def test_a_blocked_p_can_owe_its_end_to_its_own_handler():
    blocked, by_handler = P("a", 0, 0, 20), V("a", 1, 5)
    other, answer = P("b", 0, 2, 8), V("b", 1, 10)
    run = trace(blocked, by_handler, other, answer, objects=(SEMAPHORE,))
    assert run.ordered() == [by_handler, other, answer, blocked]
    assert run.happens_before(by_handler, blocked)


def random_run(chance, processes=4, events=24):
    """A run as it could be: one clock; semaphore and queue operations done when they can be."""
    clock, value, waiting, index, done = 0, 0, [], dict.fromkeys("abcdefgh"[:processes], 0), []
    for _ in range(events):
        process = chance.choice(list(index))
        start, clock = clock, clock + chance.randint(1, 5)
        choices = [V, "send"] + [P] * (value > 0) + ["receive"] * bool(waiting)
        match chance.choice(choices):
            case "send":
                waiting.append(f"m{chance.randint(0, 3)}")
                done.append(send(process, index[process], waiting[-1], start, clock))
            case "receive":
                done.append(receive(process, index[process], waiting.pop(0), start, clock))
            case verb:
                value += 1 if verb is V else -1
                done.append(verb(process, index[process], start, clock))
        index[process] += 1
        clock += 1
    chance.shuffle(done)
    return trace(*done, objects=(SEMAPHORE, QUEUE))


def closure(run):
    """Happens-before by brute force: process order and pairs, and everything that follows from them."""
    edges = {(a.key, b.key) for a in run.events for b in run.events if a.process == b.process and a.index < b.index}
    edges |= paired(run)
    while more := {(a, d) for (a, b), (c, d) in itertools.product(edges, edges) if b == c} - edges:
        edges |= more
    return edges


@pytest.mark.parametrize("seed", range(20))
def test_ordered_and_happens_before_agree_with_brute_force(seed):
    run = random_run(random.Random(seed))
    before, position = closure(run), {e.key: i for i, e in enumerate(run.ordered())}
    assert len(position) == len(run.events)
    assert all(position[a] < position[b] for a, b in before)
    for a, b in itertools.product(run.events, run.events):
        assert run.happens_before(a, b) == ((a.key, b.key) in before)


def test_the_order_does_not_depend_on_the_order_of_the_events():
    run = random_run(random.Random(1))
    assert replace(run, events=run.events[::-1]).ordered() == run.ordered()


def test_a_trace_that_contradicts_itself_still_shows_every_event():
    run = trace(receive("a", 0, "x", 0, 9), send("a", 1, "y", 9, 9),
                receive("b", 0, "y", 0, 9), send("b", 1, "x", 9, 9))
    assert sorted(e.key for e in run.ordered()) == sorted(e.key for e in run.events)


def lines_run(function):
    """How many lines of Python `function` executes: a measure of work that no other load on the machine changes."""
    count = 0

    def tracer(frame, what, _):
        nonlocal count
        count += what == "line"
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def many(n):
    """Half of `n` gives, then their takes, the messages last in, first out."""
    gives, takes, half = [], [], n // 6
    for i in range(half):
        t = 40 * i
        gives += [V("a", 3 * i, t), send("a", 3 * i + 1, f"m{i}", t + 2), store("a", 3 * i + 2, i, t + 4)]
        t = 40 * (half + i)
        takes += [P("b", 3 * i, t), receive("b", 3 * i + 1, f"m{half - 1 - i}", t + 2),
                  load("b", 3 * i + 2, half - 1, t + 4)]
    return trace(*gives, *takes)


def test_twice_the_events_cost_about_twice_the_work():
    small, large = many(600), many(1200)
    assert lines_run(large.ordered) < 2.5 * lines_run(small.ordered)


def test_ten_thousand_events_are_put_in_order():
    run = many(10_002)
    assert [e.start for e in run.ordered()] == sorted(e.start for e in run.events)
    assert len(run.pairs) == 5_001
