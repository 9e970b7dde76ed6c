"""Two senders, one collector: by a named pipe."""

import os

from ipclab import Fifo

LINES = {"A": ["one", "two", "three"], "B": ["four", "five", "six"]}


def send(lines):
    with fifo.open_writer() as writer:
        for line in lines:
            writer.write(line.encode() + b"\n")


def collect():
    with fifo.open_reader() as reader, fifo.open_writer():
        got = b""                           # our own writer: no early end
        while got.count(b"\n") < 6:
            got += reader.read()
    return got.decode().splitlines()


fifo = Fifo()
for name, lines in LINES.items():
    if os.fork() == 0:
        send([f"{name} {line}" for line in lines])
        os._exit(0)
print(*sorted(collect()), sep="\n")
for _ in LINES:
    os.wait()
