"""create, send(A, m), receive(A, m), destroy: the mailbox is the address."""

import os

from ipclab import MessageQueue, errors

A = MessageQueue("A")                                       # create
for word in (b"one", b"two"):
    if os.fork() == 0:
        A.send(word)                                        # to whom? to A
        os._exit(0)
os.wait(), os.wait()                                        # both are gone

if os.fork() == 0:
    words = sorted(A.receive().decode() for _ in range(2))
    print("a third process receives:", *words, flush=True)
    os._exit(0)
os.wait()

A.remove()                                                  # destroy
try:
    A.send(b"three")
except errors.IPCError as error:
    print("and afterwards:", type(error).__name__)
