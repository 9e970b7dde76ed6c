"""The verdicts of `every_instant` on the interpreter that runs this, as JSON: name → [status, can it happen here?]."""

import json
import queue
import signal
from types import SimpleNamespace

from ipclab.explore import every_instant

state = SimpleNamespace()


def arrange():
    state.n, state.queue = 1, queue.Queue()
    signal.signal(signal.SIGUSR1, lambda number, frame: add(10))


def add(amount):
    state.n = state.n + amount


def twice(n):
    return n * 2


def unguarded():
    seen = state.n
    state.n = twice(seen)


def guarded():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    state.n = twice(state.n)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])


def increment():
    state.n += 1


def arrange_to_put():
    arrange()
    signal.signal(signal.SIGUSR1, lambda number, frame: state.queue.put(1))


def put():
    state.queue.put(2)


CASES = {
    "read, call, write": (arrange, unguarded, lambda: state.n, lambda n: n in (12, 22), ()),
    "the same with the signal blocked": (arrange, guarded, lambda: state.n, lambda n: n in (12, 22), ()),
    "n += 1": (arrange, increment, lambda: state.n, 12, ()),
    "Queue.put in both": (arrange_to_put, put, lambda: state.queue.qsize(), 2, ("queue",)),
}


def verdict(arrange, main, observe, expected, enter):
    found = every_instant(arrange, main, observe, enter=enter).verdict(expected)
    return [found.status, bool(found.sizes.get("reachable failures"))]


if __name__ == "__main__":
    print(json.dumps({name: verdict(*case) for name, case in CASES.items()}))
