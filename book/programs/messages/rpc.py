"""Call a function of another process: a request there, a reply back."""

import os
import pickle
import socket


def send(s, message):
    s.send(pickle.dumps(message))            # one datagram, one message


def receive(s):
    return pickle.loads(s.recv(4096))


def call(s, function, *args):                # request and reply in one
    send(s, (function, args))
    return receive(s)


def serve(s):
    offers = {"add": sum, "longest": lambda words: max(words, key=len)}
    while True:
        function, args = receive(s)
        if function not in offers:
            return
        send(s, offers[function](args))


client, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
pid = os.fork()
if pid == 0:
    serve(server)
    os._exit(0)

print("add:    ", call(client, "add", 1, 2, 3))
print("longest:", call(client, "longest", "send", "receive", "reply"))
send(client, ("stop", ()))
os.waitpid(pid, 0)
