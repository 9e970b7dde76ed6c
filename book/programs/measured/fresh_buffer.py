"""A mebibyte from a pipe, into new objects each time, or into one buffer."""

import os
import resource

SIZE, PART, TIMES = 1 << 20, bytes(1 << 16), 16
r, w = os.pipe()
buffer = memoryview(bytearray(SIZE))


def into_new_objects() -> bytes:
    parts, left = [], SIZE
    while left:
        os.write(w, PART)
        parts.append(os.read(r, left))
        left -= len(parts[-1])
    return b"".join(parts)


def into_one_buffer() -> memoryview:
    done = 0
    while done < SIZE:
        os.write(w, PART)
        done += os.readv(r, [buffer[done:]])
    return buffer


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


for receive in into_new_objects, into_one_buffer:
    receive()
    before = faults()
    for _ in range(TIMES):
        receive()
    each = (faults() - before) / TIMES
    print(f"{receive.__name__:17}{each:5.0f} page faults a message")
