"""A pipe as a counter: three tokens, five processes that want one."""

import os
import signal

from ipclab import Pipe, Signal
from ipclab.kernel import state, wait_until_blocked

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


def count(call: str) -> int:
    return sum(state(child).call == call for child in children)


def show(what: str) -> None:
    for child in children:
        wait_until_blocked(child, ("read", "pause"))
    print(f"{what} {count('pause')} work, {count('read')} wait")


show("three tokens:")
tokens.writer.write(b"t")               # give one more
while count("pause") < 4:
    os.sched_yield()
show("one more:    ")
for child in children:
    Signal("KILL").send(child)
    os.waitpid(child, 0)
