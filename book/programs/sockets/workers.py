"""Several processes accept at one listening socket."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))


def worker(number: int) -> int:
    """A process that answers one client with its number, and ends."""
    child = os.fork()
    if child == 0:
        connection, _ = server.accept()     # inherited, like any descriptor
        connection.sendall(str(number).encode())
        os._exit(0)
    return child


workers = [worker(number) for number in range(3)]
answers = []
for _ in workers:
    with socket.create_connection(server.getsockname()) as client:
        answers.append(int(client.recv(10)))
for child in workers:
    os.waitpid(child, 0)
print("answered by three different workers:", sorted(answers) == [0, 1, 2])
