"""What is a multiprocessing.Queue made of?"""

import multiprocessing
import os
import threading

from ipclab.kernel import descriptors


def opened() -> set[tuple]:
    return {(row.kind, row.mode, row.fd) for row in descriptors(os.getpid())}


before = opened()
queue = multiprocessing.get_context("fork").Queue()
new = sorted(opened() - before)
print("opened:", *(f"{kind} ({mode})" for kind, mode, _ in new))
print("threads before put:", threading.active_count())
queue.put("hello")
print("threads after put: ", threading.active_count())
print(queue.get())
queue.close()
queue.join_thread()
