"""How many clients can connect to a server that never accepts?"""

import socket


def connected(backlog: int) -> int:
    server = socket.socket(socket.AF_UNIX)
    server.bind("")                     # the kernel makes up a name
    server.listen(backlog)
    clients = []
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        try:
            client.connect(server.getsockname())
        except BlockingIOError:         # a blocking connect would wait
            return len(clients)
        clients.append(client)


for backlog in (0, 1, 5):
    print(f"listen({backlog}): {connected(backlog)} connected")
