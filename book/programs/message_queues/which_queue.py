"""A child puts something into each of three queues. Who sees it?"""

import multiprocessing
import os
import queue

from ipclab import MessageQueue

context = multiprocessing.get_context("fork")
threads, processes, kernels = queue.Queue(), context.Queue(), MessageQueue()

child = os.fork()
if child == 0:
    threads.put("hello")
    processes.put("hello")
    kernels.send("hello")
    processes.close()
    processes.join_thread()             # it has written what was put
    os._exit(0)
os.waitpid(child, 0)
print("queue.Queue:          ", not threads.empty())
print("multiprocessing.Queue:", not processes.empty())
print("MessageQueue:         ", kernels.receive_nowait() == b"hello")
