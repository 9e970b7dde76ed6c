"""Two thousand round trips through two pipes, each of them timed."""

import os
import resource
import time

TRIPS, WARM, SIZE = 2000, 200, 64
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])     # one processor
to_child, to_parent = os.pipe(), os.pipe()
answer = bytearray(SIZE)

if os.fork() == 0:
    for _ in range(WARM + TRIPS):
        os.readv(to_child[0], [answer])
        os.write(to_parent[1], answer)
    os._exit(0)


def trip(number: int) -> int:
    """Nanoseconds of one round trip, whose answer must be the question."""
    question = number.to_bytes(8, "little") * (SIZE // 8)
    start = time.perf_counter_ns()
    os.write(to_child[1], question)
    os.readv(to_parent[0], [answer])
    end = time.perf_counter_ns()
    assert answer == question
    return end - start


for number in range(WARM):
    trip(number)
times = sorted(trip(number) for number in range(TRIPS))
os.wait()
used = [resource.getrusage(who) for who in (
    resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
switches = sum(u.ru_nvcsw + u.ru_nivcsw for u in used)
for name, share in ("half", .5), ("99 %", .99), ("all", 1):
    print(f"{name:4} within {times[int(share * (TRIPS - 1))] / 1000:8.1f} µs")
print(f"on average  {sum(times) / TRIPS / 1000:8.1f} µs")
print(f"switches    {switches / (WARM + TRIPS):8.1f} for each")
