"""System V: a receiver may choose by type."""

from ipclab import MessageQueue
from ipclab.errors import WouldBlock

queue = MessageQueue()


def fill() -> None:
    for type, message in ((3, "c"), (2, "b1"), (1, "a"), (2, "b2")):
        queue.send(message, type=type)


for type in (0, 2, -2, -3):
    fill()
    found = []
    try:
        while True:
            found.append(queue.receive_nowait(type=type).decode())
    except WouldBlock:
        print(f"type={type:2}:", *found)
    while queue.waiting:
        queue.receive()                 # the rest
