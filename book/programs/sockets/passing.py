"""An open file goes to a process that could not have opened it."""

import os
import socket
import tempfile

ours, theirs = socket.socketpair()
child = os.fork()
if child == 0:
    _, [descriptor], _, _ = socket.recv_fds(theirs, 1, 1)
    print("the child's number:", descriptor)
    print("the child reads: ", os.read(descriptor, 6))
    os._exit(0)

with tempfile.TemporaryFile() as file:  # opened after the fork
    os.write(file.fileno(), b"first second")
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    other = os.dup2(file.fileno(), 50)
    socket.send_fds(ours, [b"+"], [other])
    os.waitpid(child, 0)
    print("the parent's number:", other)
    print("the parent reads:", os.read(other, 6))
    os.close(other)
