"""Wait for a process and for a pipe at once."""

import os
import select

r, w = os.pipe()
wait, go = os.pipe()
child = os.fork()
if child == 0:
    os.write(w, b"halfway")
    os.read(wait, 1)                        # no end before it was seen
    os._exit(0)

handle = os.pidfd_open(child)
poll = select.poll()
for fd in (r, handle):
    poll.register(fd, select.POLLIN)

print("first:", ["pipe" if fd == r else "end" for fd, _ in poll.poll()])
poll.unregister(r)
os.write(go, b".")
print("then: ", ["pipe" if fd == r else "end" for fd, _ in poll.poll()])
os.waitpid(child, 0)
