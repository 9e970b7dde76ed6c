"""A pipe as a counter: three tokens, five processes that want one."""

import os
import signal

from ipclab import Pipe, Signal
from ipclab.kernel import state, wait_until_blocked

PAUSE = "pause", "ppoll"                # Arm has only the second
tokens = Pipe()
tokens.writer.write(b"ttt")
children = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        tokens.reader.read(1)           # take one, or wait for it
        signal.pause()                  # the work
        os._exit(0)
    children.append(child)


def count(*calls: str) -> int:
    return sum(state(child).call in calls for child in children)


def show(what: str) -> None:
    for child in children:
        wait_until_blocked(child, ("read", *PAUSE))
    print(f"{what} {count(*PAUSE)} work, {count('read')} wait")


show("three tokens:")
tokens.writer.write(b"t")               # give one more
while count(*PAUSE) < 4:
    os.sched_yield()
show("one more:    ")
for child in children:
    Signal("KILL").send(child)
    os.waitpid(child, 0)
