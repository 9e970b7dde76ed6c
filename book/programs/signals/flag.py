"""The safe handler: it records, and the main loop acts."""

import os

from ipclab import Signal

TERM = Signal("TERM")
asked_to_end = False


def handler(signum, frame):
    global asked_to_end
    asked_to_end = True                 # one store, nothing else


TERM.catch(handler)
for job in range(1, 100):
    print("job", job, "begins")
    if job == 3:
        TERM.send(os.getpid())          # somebody asks us to end
    print("job", job, "is done")
    if asked_to_end:
        print("asked to end: leaving in good order")
        break
