"""Systems to explore: the classics, right and wrong."""

from __future__ import annotations

from ipclab.explore.system import System
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedArray, SharedInteger
from ipclab.processes import process


def lost_update(guarded: bool = False):
    def make():
        n, mutex = SharedInteger(0, label="n"), Semaphore(1, label="mutex")

        def plain():
            n.value = n.value + 1

        def careful():
            with mutex.held():
                n.value = n.value + 1

        increment = careful if guarded else plain
        return System(process(increment, name="a"), process(increment, name="b"),
                      check=lambda end: None if n.view[0] == 2 else f"n is {n.view[0]} after two increments")

    return make


# The bounded buffer, as text to be edited: one operation a token.
PRODUCER = "P:empty P:mutex put V:mutex V:full"
CONSUMER = "P:full P:mutex get V:mutex V:empty"
INITIAL = {"empty": None, "full": 0, "mutex": 1}         # None: the capacity


def buffer(capacity: int, *, producer: str = PRODUCER, consumer: str = CONSUMER, initial: dict | None = None,
           producers: int = 2, items: int = 2, consumers: int = 2):
    """`producers` put `items` each into a ring of `capacity`, `consumers` take them all out, in equal shares."""
    def make():
        start = {**INITIAL, **(initial or {})}
        values = {name: capacity if value is None else capacity + int(value) if isinstance(value, str) else value
                  for name, value in start.items()}
        semaphores = {name: Semaphore(value, label=name) for name, value in values.items()}
        ring, at = SharedArray(capacity, label="ring"), SharedArray(2, label="at")

        def put(item):
            i = at[0]
            ring[i] = item
            at[0] = (i + 1) % capacity

        def get():
            i = at[1]
            item = ring[i]
            at[1] = (i + 1) % capacity
            return item

        def follow(tokens, action):
            result = None
            for token in tokens.split():
                verb, _, name = token.partition(":")
                if verb in ("put", "get"):
                    result = action()
                else:
                    getattr(semaphores[name], verb)()
            return result

        def produce(k):
            for i in range(items):
                follow(producer, lambda item=10 * k + i + 1: put(item))

        def consume():
            return [follow(consumer, get) for _ in range(producers * items // consumers)]

        sent = sorted((10 * k + i + 1 for k in range(producers) for i in range(items)), key=str)

        def check(end):
            if end.raised:
                return str(end.raised)
            got = sorted((item for k in range(consumers) for item in end.outcomes[f"consumer-{k}"]), key=str)
            left = {name: s.value for name, s in semaphores.items()}
            if got != sent:
                return f"sent {sent}, got {got}"
            return None if left == {"empty": capacity, "full": 0, "mutex": 1} else f"the semaphores end as {left}"

        return System(*(process(produce, k, name=f"producer-{k}") for k in range(producers)),
                      *(process(consume, name=f"consumer-{k}") for k in range(consumers)), check=check)

    return make


def dining(n: int, *, left_handed: bool = False):
    """n philosophers; with one left-handed among them nobody starves."""
    def make():
        forks = [Semaphore(1, label=f"fork-{i}") for i in range(n)]

        def dine(first, second):
            first.P()
            second.P()
            second.V()
            first.V()

        pairs = [(forks[i], forks[(i + 1) % n]) for i in range(n)]
        if left_handed:
            pairs[0] = pairs[0][::-1]
        return System(*(process(dine, *pair, name=f"philosopher-{i}") for i, pair in enumerate(pairs)))

    return make


def readers_and_writers(readers: int = 2, writers: int = 1, *, guarded: bool = True):
    """Readers share, writers exclude; each writer changes both cells, and no reader may see them differ."""
    def make():
        count, data = SharedInteger(0, label="readers"), SharedArray(2, label="data")
        guard, room = Semaphore(1, label="guard"), Semaphore(1, label="room")

        def read():
            if guarded:
                guard.P()
            count.value = count.value + 1
            if count.value == 1:
                room.P()
            if guarded:
                guard.V()
            seen = [data[0], data[1]]
            if guarded:
                guard.P()
            count.value = count.value - 1
            if count.value == 0:
                room.V()
            if guarded:
                guard.V()
            return seen

        def write(value):
            with room.held():
                data[0] = value
                data[1] = value

        def check(end):
            torn = [seen for name, seen in end.outcomes.items() if name.startswith("reader") and seen[0] != seen[1]]
            return f"a reader saw {torn[0]}" if torn else None

        return System(*(process(read, name=f"reader-{i}") for i in range(readers)),
                      *(process(write, i + 1, name=f"writer-{i}") for i in range(writers)), check=check)

    return make


def monitor(again: bool, items: int = 1):
    """A buffer of one place as a monitor built from semaphores. Who waited must test again: `while`, not `if`."""
    def make():
        mutex, filled, freed = (Semaphore(v, label=label) for v, label in ((1, "mutex"), (0, "filled"), (0, "freed")))
        count, slot, waiting = (SharedInteger(0, label="count"), SharedInteger(0, label="slot"),
                                SharedArray(2, label="waiting"))

        def wait(who, until, condition):
            while condition():
                waiting[who] = waiting[who] + 1
                mutex.V()
                until.P()
                mutex.P()
                if not again:
                    return

        def wake(who, until):
            if waiting[who]:
                waiting[who] = waiting[who] - 1
                until.V()

        def put(k):
            for i in range(items):
                with mutex.held():
                    wait(0, freed, lambda: count.value == 1)
                    slot.value = 10 * k + i + 1
                    count.value = count.value + 1
                    wake(1, filled)

        def get():
            got = []
            for _ in range(items):
                with mutex.held():
                    wait(1, filled, lambda: count.value == 0)
                    got.append(slot.value)
                    count.value = count.value - 1
                    wake(0, freed)
            return got

        return System(process(put, 0, name="put-0"), process(put, 1, name="put-1"), process(get, name="get-0"),
                      process(get, name="get-1"),
                      check=lambda end: sorted(end.outcomes["get-0"] + end.outcomes["get-1"]) ==
                      sorted(10 * k + i + 1 for k in (0, 1) for i in range(items)))

    return make


def peterson(turns: bool = True):
    """Peterson's lock, which waits in a loop; without the turns two processes may both get in."""
    def make():
        wants, turn, inside = (SharedArray(2, label="wants"), SharedInteger(0, label="turn"),
                               SharedInteger(0, label="inside"))

        def enter(me):
            other = 1 - me
            if turns:
                wants[me] = 1
                turn.value = other
                while wants[other] and turn.value == other:
                    pass
            else:
                while wants[other]:
                    pass
                wants[me] = 1
            inside.value = inside.value + 1
            alone = inside.value == 1
            inside.value = inside.value - 1
            wants[me] = 0
            return alone

        return System(process(enter, 0, name="a"), process(enter, 1, name="b"),
                      check=lambda end: all(end.outcomes.values()) or "both were inside")

    return make


def mutants() -> dict[str, dict]:
    """Every edit of one place of the bounded buffer, as arguments of `buffer`: its name → the edit."""
    found = {}
    for side, text in (("producer", PRODUCER), ("consumer", CONSUMER)):
        tokens = text.split()
        for name, edited in _edits(tokens):
            if edited != tokens:
                found[f"{side}: {name}"] = {side: " ".join(edited)}
    for name, value in (("empty", "-1"), ("empty", "+1"), ("full", 1), ("mutex", 0), ("mutex", 2)):
        found[f"initial {name} {value}"] = {"initial": {name: int(value) if name != "empty" else value}}
    return found


def _edits(tokens):
    for i, token in enumerate(tokens):
        verb, _, name = token.partition(":")
        yield f"delete {token}", tokens[:i] + tokens[i + 1:]
        yield f"duplicate {token}", tokens[:i + 1] + tokens[i:]
        if name:
            flipped = {"P": "V", "V": "P"}[verb]
            yield f"flip {token}", [*tokens[:i], f"{flipped}:{name}", *tokens[i + 1:]]
            for other in {"empty", "full", "mutex"} - {name}:
                yield f"retarget {token} to {other}", [*tokens[:i], f"{verb}:{other}", *tokens[i + 1:]]
        for j in range(i + 1, len(tokens)):
            swapped = list(tokens)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            yield f"swap {token} and {tokens[j]}", swapped
