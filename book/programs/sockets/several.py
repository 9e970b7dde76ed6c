"""One process serves many clients, and a silent one holds up nobody."""

import os
import selectors
import socket

server = socket.create_server(("127.0.0.1", 0))
silent = socket.create_connection(server.getsockname())
ended, say_end = os.pipe()

child = os.fork()
if child == 0:
    for word in (b"one", b"two"):
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(word)
            print("answer:", client.recv(100).decode())
    os._exit(0)

os.close(say_end)                       # now only the child has it
ready = selectors.DefaultSelector()
ready.register(server, selectors.EVENT_READ)
ready.register(ended, selectors.EVENT_READ)
clients = 0
while True:
    things = [key.fileobj for key, _ in ready.select()]
    for thing in things:
        if thing is server:
            connection, _ = server.accept()
            ready.register(connection, selectors.EVENT_READ)
            clients += 1
        elif thing is not ended:
            if word := thing.recv(100):
                thing.sendall(word.upper())
            else:                       # this client has closed
                ready.unregister(thing)
                thing.close()
    if things == [ended]:
        break
os.waitpid(child, 0)
print("clients:", clients)
