"""A server ends and begins again, at the same port."""

import os
import socket


def serve(port: int) -> socket.socket:
    server = socket.socket(socket.AF_INET)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


def state(port: int) -> int:
    """Of the connection at the server's side; 6 is TIME_WAIT."""
    for line in list(open("/proc/net/tcp"))[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] != "0A":
            return int(fields[3], 16)
    return 0


server = serve(0)                       # 0: any free port
port = server.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
connection, _ = server.accept()
connection.close()                      # the server closes first
client.close()
server.close()
while state(port) != 6:
    os.sched_yield()
try:
    serve(port)
    print("TIME_WAIT, and the port is ours again")
except OSError as error:
    print("TIME_WAIT:", error.strerror)
