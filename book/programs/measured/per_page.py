"""64 KiB copied by us, or by a pipe: what is dear besides the copies?"""

import mmap
import os
import time

SIZE, TIMES = 1 << 16, 400
data, inside, taken = (memoryview(mmap.mmap(-1, SIZE)) for _ in range(3))
r, w = os.pipe()


def once() -> None:
    taken[:] = data


def twice() -> None:
    inside[:] = data
    taken[:] = inside


def by_pipe() -> None:
    os.write(w, data)
    os.readv(r, [taken])


def processor_ns(move) -> int:
    """For one message: the least of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.process_time_ns()
        for _ in range(TIMES):
            move()
        rounds.append((time.process_time_ns() - start) // TIMES)
    return min(rounds)


for name, move in (("one copy in memory:", once),
                   ("two copies in memory:", twice),
                   ("through a pipe:", by_pipe)):
    print(f"{name:21}{processor_ns(move):7} ns")
