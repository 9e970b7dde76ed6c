"""Two senders, one collector: by a System V message queue."""

import os

from ipclab import MessageQueue

LINES = {"A": ["one", "two", "three"], "B": ["four", "five", "six"]}


def send(lines):
    for line in lines:
        queue.send(line.encode())
    queue.send(b"")                         # the end


def collect():
    lines = []
    while lines.count("") < len(LINES):
        lines.append(queue.receive().decode())
    return filter(None, lines)


queue = MessageQueue()
for name, lines in LINES.items():
    if os.fork() == 0:
        send([f"{name} {line}" for line in lines])
        os._exit(0)
print(*sorted(collect()), sep="\n")
for _ in LINES:
    os.wait()
