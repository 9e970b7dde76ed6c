"""send(P, m) and receive(Q, m): the process itself is the address."""

import os
import socket


def address(pid):
    return f"\0names-{pid}"                # abstract: no file, gone with it


def mailbox():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(address(os.getpid()))
    return s


def send(s, pid, message):
    s.sendto(message, address(pid))


def receive(s):
    message, sender = s.recvfrom(100)
    return int(sender.decode().rpartition("-")[2]), message


me, parent, children = mailbox(), os.getpid(), []
for word in (b"ping", b"pong"):
    pid = os.fork()
    if pid == 0:
        mine = mailbox()
        send(mine, parent, word)
        os._exit(receive(mine) != (parent, word.upper()))
    children.append(pid)

for _ in children:
    who, message = receive(me)
    send(me, who, message.upper())
    print(f"child {children.index(who) + 1} said", message.decode())
ends = [os.waitpid(child, 0)[1] for child in children]
print("both were answered:", ends == [0, 0])
