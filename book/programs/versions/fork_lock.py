"""A lock that another thread holds at the fork: can the child ever get it?"""
import os
import threading
import warnings

warnings.simplefilter("ignore")         # from 3.12 on: forking beside threads
lock, held, stop = threading.Lock(), threading.Event(), threading.Event()


def holder():
    with lock:
        held.set()
        stop.wait()


thread = threading.Thread(target=holder)
thread.start()
held.wait()
pid = os.fork()
if pid == 0:                            # the holder is not here to let go
    os._exit(0 if lock.acquire(blocking=False) else 1)
taken = os.WEXITSTATUS(os.waitpid(pid, 0)[1])
stop.set()
thread.join()
print("the child finds it", "taken, and has no holder" if taken else "free")
