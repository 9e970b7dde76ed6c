"""A server listens at a path; a client connects and asks."""

import os
import socket
import tempfile

path = os.path.join(tempfile.mkdtemp(), "upper")
server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(path)                       # this is where I am
server.listen()                         # from now on clients may come

child = os.fork()
if child == 0:                          # the client knows only the path
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(path)
    client.sendall(b"hello")
    print("the client gets", client.recv(100))
    os._exit(0)

connection, _ = server.accept()         # a new socket, for this client
request = connection.recv(100)
print("the server gets", request)
connection.sendall(request.upper())
os.waitpid(child, 0)
os.unlink(path)
os.rmdir(os.path.dirname(path))
