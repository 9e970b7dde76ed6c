"""We hold a lock on a file, and look into the file in between."""

import fcntl
import os
import tempfile

lock = fcntl.flock                              # flock(2)
file = tempfile.NamedTemporaryFile()


def anybody_else_gets_it() -> bool:
    if child := os.fork():
        return os.waitpid(child, 0)[1] == 0
    with open(file.name, "a") as theirs:
        try:
            lock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os._exit(1)
    os._exit(0)


lock(file, fcntl.LOCK_EX)
print("locked by us; another gets it:", anybody_else_gets_it())
with open(file.name) as look:                   # perhaps in a library
    look.read()
print("after our look; another gets it:", anybody_else_gets_it())
