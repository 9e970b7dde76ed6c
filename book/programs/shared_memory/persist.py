"""The memory outlives the process that made it."""

import os

from ipclab import SharedMemory

r, w = os.pipe()
child = os.fork()
if child == 0:
    memory = SharedMemory(100, kind="POSIX")
    memory.view[:8] = b"a letter"
    os.write(w, memory.name.encode())
    os._exit(0)                         # without remove()

os.waitpid(child, 0)
path = "/dev/shm" + os.read(r, 100).decode()
print("its maker has ended; it exists:", os.path.exists(path))
with open(path, "rb") as file:
    print("in it:", file.read(8))
os.unlink(path)                         # shm_unlink(3)
print("unlinked; it exists:", os.path.exists(path))
