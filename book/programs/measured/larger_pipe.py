"""1 MiB through a pipe of 64 KiB, and through one of 1 MiB."""

import os
import resource
from fcntl import F_SETPIPE_SZ, fcntl

SIZE, TIMES = 1 << 20, 32
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def switches() -> int:
    """Of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_nvcsw + u.ru_nivcsw for u in used)


def for_each(capacity: int) -> float:
    r, w = os.pipe()
    fcntl(w, F_SETPIPE_SZ, capacity)
    before = switches()
    if os.fork() == 0:
        buffer, left = bytearray(SIZE), SIZE * TIMES
        while left:
            left -= os.readv(r, [buffer])
        os._exit(0)
    message = bytes(SIZE)
    for _ in range(TIMES):
        os.write(w, message)
    os.wait()
    os.close(r), os.close(w)
    return (switches() - before) / TIMES


for capacity in 1 << 16, 1 << 20:
    each = for_each(capacity)
    print(f"{each:4.1f} switches: room for {capacity >> 10} KiB")
