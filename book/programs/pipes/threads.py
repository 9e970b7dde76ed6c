"""fork copies one thread only, and all the locks of the others."""

import os
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # Python warns: 3.12
lock, taken, enough = (threading.Lock(), threading.Event(),
                       threading.Event())


def other() -> None:
    with lock:
        taken.set()
        enough.wait()


thread = threading.Thread(target=other)
thread.start()
taken.wait()
child = os.fork()
if child == 0:
    print("threads in the child:", len(os.listdir("/proc/self/task")))
    print("the child gets the lock:", lock.acquire(blocking=False))
    os._exit(0)
os.waitpid(child, 0)
enough.set()
thread.join()
print("the parent gets the lock:", lock.acquire(blocking=False))
