"""P with a time limit: either it took one, or it took nothing."""

from ipclab import PosixSemaphore, Semaphore
from ipclab.errors import TimedOut

for s in (Semaphore(0), PosixSemaphore(0)):
    try:
        s.P(timeout=0.01)               # seconds; nobody will do V
    except TimedOut:
        print(f"{s.family}: gave up, value {s.value}")
    s.V()
    s.P(timeout=0.01)
    print(f"{s.family}: took one, value {s.value}")
