"""One FIFO for all requests, and one for each answer."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
requests = os.path.join(folder.name, "requests")
os.mkfifo(requests)


def client(wanted: int) -> None:
    mailbox = f"{folder.name}/{os.getpid()}"
    os.mkfifo(mailbox)                 # before anybody can answer
    with open(requests, "wb") as out:  # one write below PIPE_BUF
        out.write(b"%10d %10d\n" % (os.getpid(), wanted))
    with open(mailbox) as answer:
        line = f"{wanted} tickets: from number {answer.read()}\n"
    os.write(1, line.encode())         # in one piece
    os.unlink(mailbox)


children = []
for wanted in (10, 20, 30):
    children.append(os.fork())
    if children[-1] == 0:
        client(wanted)
        os._exit(0)

served, following = 0, 1
with open(requests) as incoming, open(requests, "wb"):
    while served < len(children):
        pid, wanted = map(int, incoming.readline().split())
        with open(f"{folder.name}/{pid}", "w") as answer:
            answer.write(str(following))
        served, following = served + 1, following + wanted
for child in children:
    os.waitpid(child, 0)
folder.cleanup()
