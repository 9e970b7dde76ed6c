"""Messages without frames: one read is taken for one message."""

import os

from ipclab import Pipe


def send(pipe: Pipe, message: bytes) -> None:
    pipe.writer.write(message)


def receive(pipe: Pipe) -> bytes:
    return pipe.reader.read(100)


pipe = Pipe()
child = os.fork()
if child == 0:
    for message in (b"open", b"the", b"door"):
        send(pipe, message)
    os._exit(0)

pipe.writer.close()
os.waitpid(child, 0)                    # all has been written
while message := receive(pipe):
    print("a message:", message)
