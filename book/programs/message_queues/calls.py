"""The life of a System V message queue, to be watched with strace."""

from ipclab import MessageQueue

queue = MessageQueue()
queue.send(b"hello")
print(queue.receive())
queue.remove()
