"""Nobody receives. How many messages can be sent before one must wait?"""

import os
import tempfile

from ipclab import Pipe, PosixQueue, errors

MOST = 100_000


def sent(send):
    for n in range(MOST):
        try:
            send(b"message")
        except errors.WouldBlock:
            return n
    return f"at least {MOST}"


queue, pipe = PosixQueue(max_messages=4), Pipe(capacity=4096)
with tempfile.TemporaryFile(buffering=0) as file:
    print("queue of 4:", sent(queue.send_nowait))
    print("pipe:", sent(pipe.writer.write_nowait), "of", 4096 // 7)
    print("file:", sent(lambda message: os.write(file.fileno(), message)))
