"""What the kernel's table shows of a connection before accept."""

import os
import socket

STATES = {1: "ESTABLISHED", 10: "LISTEN"}       # net/tcp_states.h


def table(port: int) -> None:
    """The sockets of this port, from /proc/net/tcp."""
    rows = []
    for line in list(open("/proc/net/tcp"))[1:]:
        _, local, remote, state, *_, inode = line.split()[:10]
        ends = [int(end.split(":")[1], 16) for end in (local, remote)]
        if port in ends and int(state, 16) in STATES:
            side = "server" if ends[0] == port else "client"
            owner = "has a descriptor" if int(inode) else "nobody's"
            rows.append(f"  {side}: {STATES[int(state, 16)]:12} {owner}")
    print(*sorted(rows), sep="\n")


server = socket.create_server(("127.0.0.1", 0))     # any free port
port = server.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
print("connected, not accepted:")
table(port)
client.sendall(b"early")
connection, _ = server.accept()
print("accepted:")
table(port)
print("waiting in it:", connection.recv(100))
