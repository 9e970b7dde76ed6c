"""A time limit for a read: a timer, and a handler that raises."""

import os
import signal

from ipclab import Signal

ALRM = Signal("ALRM")


def give_up(signum, frame):
    raise TimeoutError


def read_within(seconds: float, fd: int) -> bytes:
    with ALRM.catch(give_up):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return os.read(fd, 100)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)     # stop the timer


r, w = os.pipe()
try:
    print("empty pipe:", read_within(0.05, r))
except TimeoutError:
    print("empty pipe: gave up")
os.write(w, b"data")
print("full pipe:", read_within(60, r))
print("timer left running:", signal.getitimer(signal.ITIMER_REAL)[0])
