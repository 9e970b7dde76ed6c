"""A socket is a descriptor: read, write and dup2 work on it."""

import os
import socket
import subprocess

from ipclab.kernel import descriptors

ours, theirs = socket.socketpair()
row = next(row for row in descriptors(os.getpid())
           if row.fd == ours.fileno())
print("a", row.kind, "open for", row.mode)

# sort(1) knows nothing of sockets; it reads 0 and writes 1.
sort = subprocess.Popen(["sort"], stdin=theirs, stdout=theirs)
theirs.close()
os.write(ours.fileno(), b"pear\nfig\napple\n")
ours.shutdown(socket.SHUT_WR)           # that was all
sort.wait()
print("sort answers", os.read(ours.fileno(), 100))
