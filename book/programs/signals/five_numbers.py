"""Five numbers by signals alone: real-time signals are queued in order."""

import os

from ipclab import Signal

RT = Signal("RTMIN")
RT.block()                              # before the fork: the child has it

child = os.fork()
if child == 0:
    print("received:", *(RT.wait_value() for _ in range(5)), flush=True)
    os._exit(0)

for number in range(1, 6):
    RT.queue(child, number)
os.waitpid(child, 0)
