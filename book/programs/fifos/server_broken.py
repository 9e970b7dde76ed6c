"""A server that ends when its first client does."""

import os
import tempfile

from ipclab.kernel import wait_until_blocked

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "requests")
os.mkfifo(name)


def client(request: bytes) -> None:
    try:
        w = os.open(name, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        return print("client", request, "finds:", error.strerror)
    os.write(w, request)
    os.close(w)


server = os.fork()
if server == 0:
    r = os.open(name, os.O_RDONLY)
    while request := os.read(r, 100):
        print("the server reads", request)
    print("the server ends")
    os._exit(0)

wait_until_blocked(server, ("open", "openat"))
client(b"one")
os.waitpid(server, 0)
client(b"two")
folder.cleanup()
