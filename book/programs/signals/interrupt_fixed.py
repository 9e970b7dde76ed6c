"""Ctrl-C waits until the lock is in the care of try ... finally."""

import threading

from ipclab import Signal

INT = Signal("INT")
lock = threading.Lock()


def work() -> None:
    with INT.blocked():
        lock.acquire()
        INT.raise_()                    # the signal is sent here, and waits
        try:
            print("working")
        finally:
            lock.release()


try:
    work()
except KeyboardInterrupt:
    print("interrupted; still locked:", lock.locked())
