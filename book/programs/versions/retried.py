"""A read that five signals interrupt, and one that a handler's error ends."""
import os
import signal

reading, writing = os.pipe()
calls = []


def fifth_writes(*_):
    calls.append(1)
    if len(calls) == 5:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(writing, b"data")


def refuses(*_):
    raise TimeoutError


signal.signal(signal.SIGALRM, fifth_writes)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
print(f"{len(os.read(reading, 99))} bytes after {len(calls)} calls;", end=" ")
signal.signal(signal.SIGALRM, refuses)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    os.read(reading, 99)
except TimeoutError:
    print("then ended by TimeoutError")
