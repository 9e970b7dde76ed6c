"""How many segments does it take to connect? TCP_INFO, tcp(7)."""

import socket
import struct


def segments(sock: socket.socket) -> tuple[int, int]:
    """Segments that this socket has sent, and received."""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 144)
    return struct.unpack_from("=II", info, 136)     # linux/tcp.h


server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
sent, received = segments(client)
print(f"the client has sent {sent} and received {received}")
