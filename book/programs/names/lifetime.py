"""What is left when its maker is gone and has not tidied up?"""

import os
import socket
import tempfile

import posix_ipc
import sysv_ipc

folder, key = tempfile.mkdtemp(), os.getpid()
name = f"/left-{key}"
if os.fork() == 0:
    os.mkfifo(f"{folder}/fifo")
    sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
    posix_ipc.Semaphore(name, posix_ipc.O_CREX)
    file = socket.socket(socket.AF_UNIX)
    file.bind(f"{folder}/socket")
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{name}")
    os._exit(0)
os.wait()

with open("/proc/net/unix") as sockets:
    found = f"@{name}\n" in sockets.read()
print("fifo and socket file: ", sorted(os.listdir(folder)))
queue = sysv_ipc.MessageQueue(key)
print("System V queue:       ", queue.current_messages == 0)
print("POSIX semaphore:      ", posix_ipc.Semaphore(name).value == 0)
print("abstract socket:      ", found)

queue.remove()
posix_ipc.unlink_semaphore(name)
for left in os.listdir(folder):
    os.unlink(f"{folder}/{left}")
os.rmdir(folder)
