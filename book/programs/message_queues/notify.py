"""mq_notify: a signal when a message comes, once."""

from ipclab import PosixQueue, Signal

USR1 = Signal("USR1")
USR1.block()
with PosixQueue() as queue:
    queue.request_notification(USR1.number)
    queue.send("first")
    print("first: ", USR1.wait(timeout=5) is not None)
    queue.receive()
    queue.send("second")
    print("second:", USR1.pending)
    queue.request_notification(USR1.number)
    queue.send("third")                 # the second is still there
    print("third: ", USR1.pending)
    queue.receive()
    queue.receive()
    queue.send("fourth")
    print("fourth:", USR1.pending)
    USR1.wait()
