"""Replies may come in another order: the number says whose they are."""

import os
import socket
import struct

client, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if os.fork() == 0:
    requests = [server.recv(100) for _ in range(3)]
    for request in reversed(requests):       # the short ones first
        number, work = struct.unpack("=II", request)
        server.send(struct.pack("=II", number, work * work))
    os._exit(0)

asked = {number: work for number, work in enumerate([30, 20, 10])}
for number, work in asked.items():
    client.send(struct.pack("=II", number, work))
came = [struct.unpack("=II", client.recv(100)) for _ in asked]
os.wait()
print("in the order of asking: ", [reply for _, reply in sorted(came)])
print("in the order of coming: ", [reply for _, reply in came])
