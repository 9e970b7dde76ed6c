"""Two senders, one collector: by a UNIX socket."""

import os

from ipclab import connect, listen

LINES = {"A": ["one", "two", "three"], "B": ["four", "five", "six"]}


def send(lines):
    with connect(listener.address) as connection:
        for line in lines:
            connection.send(line.encode() + b"\n")


def collect():
    got = b""
    for _ in LINES:                         # a connection for each
        with listener.accept() as connection:
            while piece := connection.receive():
                got += piece
    return got.decode().splitlines()


listener = listen()
for name, lines in LINES.items():
    if os.fork() == 0:
        send([f"{name} {line}" for line in lines])
        os._exit(0)
print(*sorted(collect()), sep="\n")
for _ in LINES:
    os.wait()
