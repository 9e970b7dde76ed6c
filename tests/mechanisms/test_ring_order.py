"""What the ring asks of processors that reorder: that the fences stand where they must, and that they are enough.

An emulated Arm machine (`make arm`) keeps the order of the machine below it. So here the ring is told that it runs on
Arm, its accesses to shared memory are noted in the order of the program, and then every order that Arm permits is tried
in a model of memory (`litmus`, which says how far that goes). Each test shows both: with the fences no bad result is
possible, without them one is.
"""

import os
from functools import cache, partial
from types import SimpleNamespace

import pytest
from litmus import BARRIER, FENCE, arm, outcomes, x86

from ipclab import Ring
from ipclab.mechanisms import _fences, _ring, _ring_memory, _waiting
from ipclab.mechanisms._ring_memory import HEAD, RECEIVER_WAITS, SENDER_WAITS, TAIL

NAMES = {HEAD: "head", TAIL: "tail", RECEIVER_WAITS: "receiver waits", SENDER_WAITS: "sender waits"}
FLAGS = {"head": "receiver waits", "tail": "sender waits"}           # of whoever waits for this counter to grow
MINE = dict.fromkeys(("send", "reserve", "publish"), ("load", "head")) | dict.fromkeys(     # one's own counter: always
    ("receive", "receive_into", "peek", "release"), ("load", "tail"))                      # what one stored last
taking = pytest.mark.parametrize("take", ["receive", "receive_into"])


class NotedLength:
    """The length of the message in the only slot."""

    def __init__(self, noted, lengths):
        self.noted, self.lengths = noted, lengths

    def __getitem__(self, slot):
        self.noted.steps.append(("load", "length"))
        return self.lengths[slot]

    def __setitem__(self, slot, value):
        self.noted.steps.append(("store", "length", value))
        self.lengths[slot] = value

    def release(self):
        self.lengths.release()


class NotedData:
    """What is in the only slot, as it is copied in and out; and the buffer that it is copied into."""

    def __init__(self, noted):
        self.noted = noted

    raw = property(fset=lambda self, message: self.noted.steps.append(("store", "data", 1)))

    def __getitem__(self, part):
        self.noted.steps.append(("load", "data"))

    def __setitem__(self, part, message):
        self.noted.steps.append(("load", "data"))

    def __len__(self):
        return self.noted.ring.slot_size

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Noted:
    """Stands before the ring's cells, its slot and its fences, and notes what it does with them."""

    def __init__(self, ring):
        self.ring, self.steps, self.cells, self.lengths = ring, [], ring._cells, ring._lengths
        self.posts = []
        ring._cells = ring._sender._cells = ring._receiver._cells = self
        ring._lengths = NotedLength(self, ring._lengths)
        ring._boxes[0] = NotedData(self)
        ring._as_room = lambda call, buffer: ring._boxes[0]
        ring._senders_fence = ring._receivers_fence = lambda: self.steps.append(FENCE)
        for waiter in (ring._sender, ring._receiver):
            waiter._order = self.barrier
            waiter._sleep = lambda deadline: self.other()
        for bell in (ring._senders_bell, ring._receivers_bell):
            bell._cells = self
        self.meanwhile = self.other = lambda: None           # while the barrier happens, and in the waiter's sleep

    def barrier(self):
        self.steps.append(FENCE if self.ring._fenced else BARRIER)
        self.meanwhile()

    def __getitem__(self, cell):
        self.steps.append(("load", NAMES[cell]))
        return self.cells[cell]

    def __setitem__(self, cell, value):
        self.steps.append(("store", NAMES[cell], value))
        self.cells[cell] = value

    def do(self, verb, message=b"1"):
        getattr(self.ring, verb)(*{"send": [message], "receive_into": [bytearray(8)]}.get(verb, []))

    def done(self, verb, message=b"1"):
        """What `verb` does, its own counter's load left out."""
        self.steps = []
        self.do(verb, message)
        return [step for step in self.steps if step != MINE[verb]]


def unfenced(program):
    return [step for step in program if step not in (FENCE, BARRIER)]


def fence_between(program, first, second):
    return FENCE in program[program.index(first):program.index(second)]


@pytest.fixture(params=[False, True], ids=["membarrier", "fences"])
def noted(request, monkeypatch):
    """A ring with one slot on "aarch64", with membarrier or without."""
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="aarch64"))
    if request.param:
        monkeypatch.setattr(_ring_memory, "reachable", lambda: False)
    with Ring(1, 8, spin=0) as ring:
        assert ring._weak and ring._fenced == request.param
        noted = Noted(ring)
        for module in (_ring, _waiting):
            monkeypatch.setattr(module, "sem_post", noted.posts.append)
        yield noted
        ring._cells, ring._boxes[0] = noted.cells, None


@taking
def test_no_message_is_read_before_it_is_there(take, noted):
    """The receiver looked before anything was sent, and looks again."""
    send = noted.done("send")
    noted.cells[HEAD] = noted.lengths[0] = 1
    receive = noted.done(take)
    assert fence_between(send, ("store", "data", 1), ("store", "head", 1))
    assert fence_between(receive, ("load", "head"), ("load", "data"))

    def torn(programs, keeps):
        """It saw the new head, but not the message or its length."""
        return [loads for _, loads in outcomes(programs, keeps, {"length": 9})
                if dict(loads)["head"] == 1 and (dict(loads)["data"], dict(loads)["length"]) != (1, 1)]

    assert not torn([send, receive], arm)
    assert torn([unfenced(send), receive], arm) and torn([send, unfenced(receive)], arm)
    assert not torn([unfenced(send), unfenced(receive)], x86)


@taking
def test_no_message_is_overwritten_before_it_was_read(take, noted):
    """The sender looked before the slot was free, and looks again."""
    noted.ring.send(b"0")
    receive = noted.done(take)
    send = [("store", "data", 2) if step == ("store", "data", 1) else step for step in noted.done("send", b"2")]
    assert fence_between(receive, ("load", "data"), ("store", "tail", 1))
    assert fence_between(send, ("load", "tail"), ("store", "data", 2))

    def spoilt(programs, keeps):
        """The sender saw the new tail, and the receiver the next message instead of this one."""
        return [loads for loads, others in outcomes(programs, keeps, {"data": 1, "length": 1, "head": 1})
                if dict(loads)["data"] == 2 and dict(others)["tail"] == 1]

    assert not spoilt([receive, send], arm)
    assert spoilt([unfenced(receive), send], arm)
    assert not spoilt([unfenced(receive), unfenced(send)], x86)


def test_in_place_the_same_fences_stand(noted):
    """What is written or read in the slot comes between `reserve` and `publish`, and between `peek` and `release`."""
    reserve, publish, peek, release = [noted.done(verb) for verb in ("reserve", "publish", "peek", "release")]
    assert reserve[-1] == FENCE and ("load", "tail") in reserve
    assert publish[publish.index(("store", "head", 1)) - 1] == FENCE
    assert fence_between(peek, ("load", "head"), ("load", "length"))
    assert FENCE in release[:release.index(("store", "tail", 1))]


@pytest.mark.parametrize("machine, keeps", [("aarch64", arm), ("x86_64", x86)])
@pytest.mark.parametrize("waits, acts, counter", [
    ("receive", "send", "head"), ("send", "receive", "tail"), ("receive_into", "send", "head"),
    ("send", "receive_into", "tail")])
def test_nobody_falls_asleep_for_ever(noted, waits, acts, counter, machine, keeps):
    """One is about to sleep while the other acts: it sees the counter move, or the other sees its flag."""
    ring, asleep, flag = noted.ring, [], FLAGS[counter]
    if counter == "tail":
        noted.do("send")
    acting = [step for step in noted.done(acts) if step == FENCE or step[1] in (counter, flag)]

    def in_its_sleep():
        """The waiter has come to where it sleeps. Wake it, for its wait must end."""
        asleep[:] = noted.steps[-4:-1]
        assert noted.steps[-1] == ("load", FLAGS["tail" if counter == "head" else "head"])     # may it sleep, too?
        noted.cells[HEAD if counter == "head" else TAIL] += 1

    noted.other = in_its_sleep
    noted.do(waits)
    noted.done(waits)
    fence = FENCE if ring._fenced else BARRIER
    after = noted.cells[HEAD if counter == "head" else TAIL]
    assert asleep == [("store", flag, after), fence, ("load", counter)]
    moved = acting[next(i for i, step in enumerate(acting) if step[:2] == ("store", counter)):]
    if machine == "x86_64" and not ring._fenced:
        moved = unfenced(moved)                              # as on x86-64, where the waiter's barrier is enough
    assert [step[:2] for step in unfenced(moved)] == [("store", counter), ("load", flag)]
    moved[0] = ("store", counter, after)

    def forever(programs):
        """The waiter saw nothing new, and the other no flag."""
        return [loads for looked, loads in outcomes(programs, keeps, {counter: after - 1})
                if (flag, 0) in looked and (counter, after - 1) in loads]

    assert not forever([moved, asleep])
    assert forever([moved, unfenced(asleep)]) and (not ring._fenced or forever([unfenced(moved), asleep]))


# Two waits, one after the other, while the other side acts twice, and perhaps dies in between

def programs_of_two_waits(noted, waits, acts, counter):
    """What matters of a waiter that sees the first message (or room) in its last look and then waits for the next, and
    of two acts of the other side. Both find the counter at the same value."""
    cell, flag, kept = (HEAD if counter == "head" else TAIL), FLAGS[counter], []
    for _ in range(noted.ring.slots if counter == "tail" else 0):
        noted.do("send")

    def grow():
        noted.cells[cell] += 1

    noted.meanwhile = grow
    first = noted.done(waits)
    noted.meanwhile, noted.other = (lambda: None), lambda: kept.extend(noted.steps) or grow()
    noted.done(waits)
    waiting = [first[first.index(("store", flag, 1)):], kept[kept.index(("store", flag, 2)):]]
    acting = []
    for n in range(2):
        noted.cells[HEAD], noted.cells[TAIL] = (n, n) if counter == "head" else (n + 1, n)
        acting.append(noted.done(acts))
    return [[step for step in program if step in (FENCE, BARRIER) or step[1] in (counter, flag)]
            for program in (*waiting, *acting)]


def waits_of(first, second, counter):
    """The waiter may sleep in its first wait, or find something there and sleep in its second."""
    look = first.index(("load", counter)) + 1
    flag_down = first.index(("store", FLAGS[counter], 0)) + 1
    return {1: first[:look], 2: first[:flag_down] + second[:second.index(("load", counter)) + 1]}


def lives_of(first, second, counter):
    """The other side's programs, each with the number of looks at the flag that came to nothing. Nobody dies, and the
    two acts follow; or it dies after `k` steps, and who takes its place does the rest, or cannot but sleep."""
    both, look = first + second, ("load", FLAGS[counter])
    yield both, 0
    for k in range(len(both) + 1):
        began = both[:k]
        done = sum(step[0] == "store" for step in began)
        for following in [first + second, second][done:] + [[look]] * (done > 0):
            yield began + [FENCE] + following, began.count(look)         # who comes after knows of the death


def woken(noted, acts, counter, program, tickets):
    """Of the tickets that the looks in `program` find, those for which the ring posts when there is what they wait for.

    A post before may be used up by a wake-up for nothing, before the waiter sleeps again with the same ticket.
    """
    ring, now, acted, found = noted.ring, 0, False, set()
    cell, flag, bell = {"head": (HEAD, RECEIVER_WAITS, ring._receivers_bell),
                        "tail": (TAIL, SENDER_WAITS, ring._senders_bell)}[counter]
    bell.rung_for, tickets = 0, iter(tickets)
    for step in program:
        if step[0] == "store":
            now, acted = step[2], True
        elif step[0] == "load" and (ticket := next(tickets)) is not None:
            noted.posts.clear()
            noted.cells[HEAD], noted.cells[TAIL] = (now, now) if counter == "head" else (now + 1, now)
            noted.cells[cell] -= acted
            noted.cells[flag] = ticket
            noted.do(acts) if acted else bell.ring()
            found |= {ticket} if noted.posts and now >= ticket else set()
        acted = acted and step[0] != "load"
    return found


@pytest.mark.parametrize("machine, keeps", [("aarch64", arm), ("x86_64", x86)])
@pytest.mark.parametrize("waits, acts, counter", [("receive", "send", "head"), ("send", "receive", "tail")])
def test_nobody_sleeps_for_ever_through_two_waits_and_a_death(noted, waits, acts, counter, machine, keeps):
    *waiting, first, second = programs_of_two_waits(noted, waits, acts, counter)
    if machine == "x86_64" and not noted.ring._fenced:
        first, second = unfenced(first), unfenced(second)

    def forever(actor, waiter, ticket, unheard):
        """The waiter saw what it waits to see the last of, more is there, and nobody alive posted for its ticket."""
        last = max((step[2] for step in actor if step[0] == "store"), default=0)
        return last >= ticket and any(
            looked[-1] == (counter, ticket - 1) and all(value >= at for at, (_, value) in enumerate(looked[:-1], 1))
            and ticket not in heard(tuple(actor), tuple([None] * unheard + [found for _, found in loads[unheard:]]))
            for loads, looked in outcomes([actor, waiter], keeps))

    heard = cache(partial(woken, noted, acts, counter))
    lives = list(lives_of(first, second, counter))
    for ticket, waiter in waits_of(*waiting, counter).items():
        for actor, unheard in lives:
            assert not forever(actor, waiter, ticket, unheard)
        assert forever(first + second, unfenced(waiter), ticket, 0)


@pytest.mark.parametrize("machine, keeps_order", [("x86_64", True), ("aarch64", False), ("riscv64", False),
                                                  ("a machine of tomorrow", False)])
def test_who_is_not_known_to_keep_order_gets_fences(machine, keeps_order, monkeypatch):
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine=machine))
    assert _fences.keeps_order() == keeps_order


def test_the_whole_ring_works_with_all_its_fences(monkeypatch, child):
    """The real fences, which cost time only where they are not needed."""
    def send_all():
        for n in range(500):
            ring.send(b"%d" % n)

    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="aarch64"))
    monkeypatch.setattr(_ring_memory, "reachable", lambda: False)
    with Ring(2, 8) as ring:
        sender = child(send_all)
        for n in range(500):
            ring.peek()
            [ring.release, ring.receive, partial(ring.receive_into, bytearray(8))][n % 3]()
        sender.result()


def test_a_fence_takes_and_gives_back_and_bears_an_interruption():
    fence = _fences.Fence()
    for _ in range(3):
        fence()
    fence._release()                         # as after an exception between its two halves
    fence()
    assert not fence._take(False)


# The model itself, on what is known of the machines

X, Y = ("store", "x", 1), ("store", "y", 1)
SEES_X, SEES_Y = ("load", "x"), ("load", "y")
PASSING, BUFFERING = [[X, Y], [SEES_Y, SEES_X]], [[X, SEES_Y], [Y, SEES_X]]


def bad(results):
    """For message passing: the second store seen, the first not. For store buffering: neither store seen."""
    return {((), (("y", 1), ("x", 0))), ((("y", 0),), (("x", 0),))} & results


def fenced(programs):
    return [[first, FENCE, second] for first, second in programs]


def test_the_model_knows_the_two_classic_tests():
    assert bad(outcomes(PASSING, arm)) and not bad(outcomes(PASSING, x86))               # MP
    assert bad(outcomes(BUFFERING, arm)) and bad(outcomes(BUFFERING, x86))               # SB
    assert not bad(outcomes(fenced(PASSING), arm)) and not bad(outcomes(fenced(BUFFERING), arm))
    assert bad(outcomes([fenced(PASSING)[0], PASSING[1]], arm))                          # both sides need theirs
    assert not bad(outcomes([BUFFERING[0], [Y, BARRIER, SEES_X]], arm))                  # but not beside a barrier
