"""Memory without a name, handed over through a socket."""

import mmap
import os
import socket

here, there = socket.socketpair()
child = os.fork()
if child == 0:                          # it has no descriptor of the memory
    here.close()
    _, descriptors, _, _ = socket.recv_fds(there, 1, 1)
    memory = mmap.mmap(descriptors[0], 0)
    memory[:6] = b"thanks"
    os._exit(0)

there.close()
file = os.memfd_create("parcel")        # made after the fork
os.ftruncate(file, mmap.PAGESIZE)
memory = mmap.mmap(file, mmap.PAGESIZE)
socket.send_fds(here, [b"+"], [file])
os.close(file)                          # the mapping is enough
os.waitpid(child, 0)
print("a name in /dev/shm:", "parcel" in os.listdir("/dev/shm"))
print("the child stored", memory[:6])
