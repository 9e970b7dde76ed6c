"""A child leaves three messages and ends; the parent finds them."""

import os

from ipclab import MessageQueue

queue = MessageQueue()
child = os.fork()
if child == 0:
    for message in (b"one", b"two", b"three"):
        queue.send(message)
    os._exit(0)

os.waitpid(child, 0)
print("the child has ended;", queue.waiting, "messages wait")
while queue.waiting:
    print(queue.receive())
