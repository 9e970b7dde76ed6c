"""The client waits for the answer, the server for the end."""

import os
import signal
import socket

from ipclab.kernel import wait_until_blocked, why_stuck

ours, theirs = socket.socketpair()


def server() -> None:
    ours.close()
    words = b""
    while data := theirs.recv(100):     # until the end
        words += data
    theirs.sendall(b" ".join(sorted(words.split())))


def client() -> None:
    theirs.close()
    ours.sendall(b"pear fig apple")
    print("the client gets", ours.recv(100))


children = {}
for role in (client, server):
    if (child := os.fork()) == 0:
        role()
        os._exit(0)
    children[child] = role.__name__
ours.close(), theirs.close()
for child in children:
    wait_until_blocked(child, "recvfrom")
stuck = why_stuck(children).deadlocked
print("stuck for good:", *sorted(children[pid] for pid in stuck))
for how in (signal.SIGSTOP, signal.SIGKILL):
    for child in children:
        os.kill(child, how)
