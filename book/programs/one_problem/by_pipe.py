"""Two senders, one collector: by a pipe."""

import os

from ipclab import Pipe

LINES = {"A": ["one", "two", "three"], "B": ["four", "five", "six"]}


def send(lines):
    pipe.reader.close()
    for line in lines:
        pipe.writer.write(line.encode() + b"\n")


def collect():
    pipe.writer.close()                     # or the end never comes
    got = b""
    while piece := pipe.reader.read():
        got += piece
    return got.decode().splitlines()        # where does a line end?


pipe = Pipe()
for name, lines in LINES.items():
    if os.fork() == 0:
        send([f"{name} {line}" for line in lines])
        os._exit(0)
print(*sorted(collect()), sep="\n")
for _ in LINES:
    os.wait()
