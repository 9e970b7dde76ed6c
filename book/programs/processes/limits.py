"""A process gives up what it does not need; its parent keeps it."""

import os
import resource


def may_open():
    try:
        os.close(os.open("/dev/null", os.O_RDONLY))
        return "may open files"
    except OSError as error:
        return f"may not: {error.strerror}"


r, w = os.pipe()
if os.fork() == 0:
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    os.write(w, may_open().encode())        # what is open stays open
    os._exit(0)

os.wait()
print("child: ", os.read(r, 100).decode())
print("parent:", may_open())
