"""A server was killed; the next one cannot begin."""

import os
import signal
import socket
import tempfile

path = os.path.join(tempfile.mkdtemp(), "service")


def serve() -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    return server


child = os.fork()
if child == 0:
    serve()
    os.kill(os.getpid(), signal.SIGKILL)

os.waitpid(child, 0)
print("the first was killed, its file exists:", os.path.exists(path))
try:
    serve()
    print("the second listens")
except OSError as error:
    print("the second fails:", error.strerror)
os.unlink(path)
os.rmdir(os.path.dirname(path))
