"""Who has sent it? What the message says, and what the kernel says."""

import os
import socket
import struct

a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
b.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
liar = os.fork()
if liar == 0:
    a.send(b"from process 1")
    os._exit(0)
os.waitpid(liar, 0)

message, parts, _, _ = b.recvmsg(100, socket.CMSG_SPACE(12))
pid, uid, gid = struct.unpack("3i", parts[0][2])
print("it says:        ", message.decode())
print("the kernel says:", "the child" if pid == liar else f"process {pid}")
