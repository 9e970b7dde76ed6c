"""How many context switches for a message, by the slots of a ring?"""

import os
import resource

from ipclab import Ring

MESSAGES, DEPTHS = 4096, (1, 2, 8, 64, 1024)
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def switches() -> int:
    """Of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_nvcsw + u.ru_nivcsw for u in used)


def for_each(slots: int) -> float:
    ring, message = Ring(slots, 64), bytes(64)
    before = switches()
    child = os.fork()
    if child == 0:
        for _ in range(MESSAGES):
            ring.receive()
        os._exit(0)
    for _ in range(MESSAGES):
        ring.send(message)
    os.waitpid(child, 0)
    ring.close()
    return (switches() - before) / MESSAGES


for slots in DEPTHS:
    print(f"{slots:4} slots: {for_each(slots):.3f} switches for a message")
