"""A server that reads from one client after the other."""

import os
import select
import signal
import socket

from ipclab.kernel import wait_until_blocked

WAITS = "read", "select", "pselect6"


def serve(clients):
    for client in clients:
        os.write(client, os.read(client, 100).upper())


silent, talker = socket.socketpair(), socket.socketpair()
server = os.fork()
if server == 0:
    serve([silent[1].fileno(), talker[1].fileno()])
    os._exit(0)

talker[0].send(b"hello")
print("the server waits in", wait_until_blocked(server, WAITS).call)
ready = select.select([talker[0]], [], [], 0)[0]
print("the talker has got", talker[0].recv(100) if ready else "nothing")
os.kill(server, signal.SIGKILL)
os.waitpid(server, 0)
