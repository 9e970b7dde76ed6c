"""Two copies: into the kernel, and out of it. The bare calls of C."""

import ctypes

from ipclab import MessageQueue


class Message(ctypes.Structure):
    _fields_ = [("type", ctypes.c_long), ("text", ctypes.c_char * 32)]


libc = ctypes.CDLL(None)
with MessageQueue() as queue:
    ours, theirs = Message(1, b"as it was"), Message()
    libc.msgsnd(queue.id, ctypes.byref(ours), 32, 0)
    ours.text = b"changed after msgsnd"
    print("in the kernel:", queue.bytes, "bytes")
    libc.msgrcv(queue.id, ctypes.byref(theirs), 32, 0, 0)
    print("received:     ", theirs.text)
    print("the sender's: ", ours.text)
    print("in the kernel:", queue.bytes, "bytes")
