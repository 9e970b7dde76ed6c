"""No data: has no writer come yet, is one here, or have all left?"""

import os
import select
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)
r = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
poll = select.poll()
poll.register(r, select.POLLIN)


def show(when: str) -> None:
    try:
        data = os.read(r, 100)
    except BlockingIOError:
        data = "would wait"
    told = dict(poll.poll(0)).get(r, 0)
    print(f"{when:17} read: {data!s:11} POLLHUP:",
          bool(told & select.POLLHUP))


show("before the first:")
w = os.open(name, os.O_WRONLY)
show("one is here:")
os.close(w)
show("all have left:")
folder.cleanup()
