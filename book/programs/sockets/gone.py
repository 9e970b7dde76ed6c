"""Three ways to learn that the other side is gone."""

import socket


def said(call, *args) -> object:
    try:
        return call(*args)
    except OSError as error:
        return type(error).__name__


ours, theirs = socket.socketpair()
theirs.sendall(b"bye")
theirs.close()
print("it sent and closed:        ", said(ours.recv, 9), said(ours.recv, 9))
print("now we send:               ", said(ours.send, b"hello?"))

ours, theirs = socket.socketpair()
ours.sendall(b"unread")
theirs.close()
print("it closed with data unread:", said(ours.recv, 9))
