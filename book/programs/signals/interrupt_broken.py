"""Ctrl-C between acquire() and try: nobody releases the lock."""

import threading

from ipclab import Signal

INT = Signal("INT")
lock = threading.Lock()


def work() -> None:
    lock.acquire()
    INT.raise_()                        # the signal arrives here
    try:
        print("working")
    finally:
        lock.release()


try:
    work()
except KeyboardInterrupt:
    print("interrupted; still locked:", lock.locked())
