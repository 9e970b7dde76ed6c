"""A process is killed while it reads from a multiprocessing.Queue."""

import multiprocessing
import os
import queue
import signal

from ipclab.kernel import wait_until_blocked

jobs = multiprocessing.get_context("fork").Queue()
child = os.fork()
if child == 0:
    jobs.get()                          # waits: the queue is empty
    os._exit(0)

wait_until_blocked(child, "read")
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
jobs.put("a job")
while jobs.empty():                     # until its thread has written it
    pass
print("is it empty?", jobs.empty())
try:
    print("we get", jobs.get_nowait())
except queue.Empty:
    print("but we get nothing")
jobs.cancel_join_thread()
