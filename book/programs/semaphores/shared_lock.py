"""Which lock does a forked child have: its parent's, or none?"""

import fcntl
import os
import tempfile


def child_gets(lock) -> bool:
    """We hold that lock. Can a child take it through what it inherited?"""
    with tempfile.TemporaryFile() as file:
        lock(file, fcntl.LOCK_EX)
        if child := os.fork():
            return os.waitpid(child, 0)[1] == 0
        try:
            lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os._exit(1)
        os._exit(0)


print("flock(2), through the inherited descriptor:", child_gets(fcntl.flock))
print("fcntl(2), through the inherited descriptor:", child_gets(fcntl.lockf))
