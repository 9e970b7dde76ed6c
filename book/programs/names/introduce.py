"""Strangers meet at a name, and go on without one."""

import os
import socket

NAME = f"\0meeting-{os.getpid()}"
meeting = socket.socket(socket.AF_UNIX)
meeting.bind(NAME)
meeting.listen()

if os.fork() == 0:                         # it uses the name alone
    meeting.close()
    guest = socket.socket(socket.AF_UNIX)
    guest.connect(NAME)
    _, (r,), _, _ = socket.recv_fds(guest, 1, 1)
    guest.close()
    print("the guest reads:", os.read(r, 100).decode(), flush=True)
    os._exit(0)

r, w = os.pipe()
guest, _ = meeting.accept()
socket.send_fds(guest, [b"!"], [r])
os.close(r)
os.write(w, b"between you and me")
os.wait()
