"""A hundred round trips by each of three ways, for strace to count."""

import multiprocessing
import os

TRIPS, message = 100, bytes(64)
fork = multiprocessing.get_context("fork")


def by_pipe():
    out, back = os.pipe(), os.pipe()
    return (lambda: (os.write(out[1], message), os.read(back[0], 64)),
            lambda: os.write(back[1], os.read(out[0], 64)))


def by_connection():
    ours, theirs = fork.Pipe()
    return (lambda: (ours.send(message), ours.recv()),
            lambda: theirs.send(theirs.recv()))


def by_queue():
    out, back = fork.Queue(), fork.Queue()
    return (lambda: (out.put(message), back.get()),
            lambda: back.put(out.get()))


for name, made in (("pipe", by_pipe), ("multiprocessing.Pipe", by_connection),
                   ("multiprocessing.Queue", by_queue)):
    ask, answer = made()
    child = fork.Process(
        target=lambda answer=answer: [answer() for _ in range(TRIPS + 2)])
    child.start()
    ask()                                       # whatever is made only once
    os.write(1, b"begin ")
    for _ in range(TRIPS):
        ask()
    os.write(1, f"end of {TRIPS} by {name}\n".encode())
    ask()
    child.join()
