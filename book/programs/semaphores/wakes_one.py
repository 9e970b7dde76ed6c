"""Four processes wait in P. How many does one V wake?"""

import os

from ipclab import Semaphore

s = Semaphore(0)
for _ in range(4):
    if os.fork() == 0:
        s.P()
        os._exit(0)

while s.waiting < 4:
    os.sched_yield()
print("before:    value", s.value, "waiting", s.waiting)
for _ in range(2):
    s.V()
    os.wait()                           # one of them has ended
    print("after a V: value", s.value, "waiting", s.waiting)
s.V()
s.V()
os.wait()
os.wait()
