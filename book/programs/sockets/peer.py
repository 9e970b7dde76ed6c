"""Who is calling? The kernel says, and cannot be lied to."""

import os
import socket
import struct

server = socket.socket(socket.AF_UNIX)
server.bind("")
server.listen()
child = os.fork()
if child == 0:
    client = socket.socket(socket.AF_UNIX)
    client.connect(server.getsockname())
    client.sendall(b"I am process 1, root itself")
    client.recv(1)                      # stay until it has been seen
    os._exit(0)

connection, _ = server.accept()
said = connection.recv(100)
pid, uid, gid = struct.unpack("3i", connection.getsockopt(
    socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
print("the client says: ", said.decode())
print("the kernel says: it is the child:", pid == child,
      "- its user is ours:", uid == os.getuid())
connection.close()
os.waitpid(child, 0)
