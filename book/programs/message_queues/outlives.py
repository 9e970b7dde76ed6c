"""A process makes a queue, sends a message, and ends."""

import os

import sysv_ipc

from ipclab.kernel import sysv_tables

KEY = 0x1BC0000 + os.getpid()           # a number that both know


def row():
    return [queue for queue in sysv_tables().queues if queue.key == KEY]


child = os.fork()
if child == 0:
    queue = sysv_ipc.MessageQueue(KEY, sysv_ipc.IPC_CREX)
    queue.send(b"read this when I am gone")
    os._exit(0)

os.waitpid(child, 0)
print("its maker has ended:", row()[0].messages, "message,",
      row()[0].bytes, "bytes")
queue = sysv_ipc.MessageQueue(KEY)
print(queue.receive()[0])
print("and empty, it is still there:", len(row()) == 1)
queue.remove()                          # or: ipcrm --queue-key KEY
print("removed:", row() == [])
