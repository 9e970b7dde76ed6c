"""Three steps, one deadline: what is left shrinks."""

import time

from ipclab import Semaphore, errors


def all_within(seconds, steps, now=time.monotonic):
    deadline, given = now() + seconds, []
    for step in steps:
        left = max(0.0, deadline - now())
        given.append(left)
        step(left)
    return given


def ready(left):
    Semaphore(1).P(timeout=left)


def never(left):
    try:
        Semaphore(0).P(timeout=left)
    except errors.TimedOut:
        pass


given = all_within(0.1, [ready, never, ready])
print("each had less than the one before:", given[0] > given[1] > given[2])
print("nothing was left for the last:", given[2] == 0)
