"""Messages in frames: four bytes say how long the message is."""

import os
import struct

from ipclab import Pipe
from ipclab.errors import Closed


def send(pipe: Pipe, message: bytes) -> None:
    pipe.writer.write(struct.pack("!I", len(message)) + message)


def receive(pipe: Pipe) -> bytes:
    try:
        header = pipe.reader.read_exactly(4)
    except Closed:                      # the end of file
        return b""
    return pipe.reader.read_exactly(*struct.unpack("!I", header))


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
