"""One message ends any number of workers: each puts it back."""

import os

from ipclab import MessageQueue

STOP = b"stop"
jobs = MessageQueue()


def worker() -> int:
    done = 0
    while (job := jobs.receive()) != STOP:
        done += 1
    jobs.send(STOP)                     # for the next one
    return done


workers = []
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        os._exit(worker())
    workers.append(pid)
for n in range(20):
    jobs.send(f"job {n}")
jobs.send(STOP)
done = [os.waitpid(pid, 0)[1] >> 8 for pid in workers]
print(len(done), "workers did", sum(done), "jobs")
print("left in the queue:", jobs.receive(), jobs.waiting)
