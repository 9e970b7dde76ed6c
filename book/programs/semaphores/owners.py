"""Which locks of multiprocessing know their owner?"""

import multiprocessing
import os

context = multiprocessing.get_context("fork")


def another_may_release(lock) -> bool:
    r, w = os.pipe()
    if child := os.fork():
        lock.acquire()
        os.write(w, b".")
        return os.waitpid(child, 0)[1] == 0
    os.read(r, 1)                       # until the parent has it
    try:
        lock.release()
    except AssertionError:
        os._exit(1)
    os._exit(0)


print("Lock:  another may release it:", another_may_release(context.Lock()))
print("RLock: another may release it:", another_may_release(context.RLock()))
bounded = context.BoundedSemaphore(1)
try:
    bounded.release()
    print("BoundedSemaphore: one release too many is accepted")
except ValueError:
    print("BoundedSemaphore: one release too many is refused")
