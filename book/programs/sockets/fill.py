"""How much can be sent to somebody who does not receive?"""

import socket


def fill(size: int) -> int:
    """Bytes that go in, sent `size` at a time."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    sent = 0
    try:
        while True:
            sent += ours.send(bytes(size))
    except BlockingIOError:
        return sent


for size in (1, 100, 4096):
    print(f"{size:4} bytes at a time: {fill(size):7,}")
