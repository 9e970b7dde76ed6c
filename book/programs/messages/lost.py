"""A reply is lost, and the client asks again."""

import os
import socket
import struct


def bank(s, remembers):
    balance, done = 500, {}
    for turn in range(2):
        number, amount = struct.unpack("=II", s.recv(100))
        if not (remembers and number in done):
            balance -= amount
            done[number] = balance
        if turn > 0:                             # the first reply is lost
            s.send(struct.pack("=I", done[number]))


def withdraw(amount, remembers):
    client, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        bank(server, remembers)
        os._exit(0)
    client.settimeout(0.1)
    while True:
        client.send(struct.pack("=II", 1, amount))
        try:
            return struct.unpack("=I", client.recv(100))[0]
        except TimeoutError:
            client.settimeout(None)              # ask once more, and wait


print("forgetful:", withdraw(100, False))
print("careful:  ", withdraw(100, True))
os.wait(), os.wait()
