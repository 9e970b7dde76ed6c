"""Rule 5, call nothing non-reentrant: write(2) may interrupt print()."""

import os

from ipclab import Signal
from ipclab.kernel import wait_until_blocked

USR1 = Signal("USR1")
r, w = os.pipe()


def handler(signum, frame):
    os.write(w, b"the handler was here\n")


child = os.fork()
if child == 0:
    os.close(r)
    out = open(w, "w")
    USR1.catch(handler)
    try:
        print("x" * 100_000, file=out, flush=True)      # the pipe fills up
    except RuntimeError as error:
        print(error, flush=True)
    os._exit(0)

os.close(w)
wait_until_blocked(child, "write")      # it is inside print(): interrupt it
USR1.send(child)
with open(r) as pipe:
    text = pipe.read()
os.waitpid(child, 0)
print("received the handler's line:", "the handler was here" in text)
