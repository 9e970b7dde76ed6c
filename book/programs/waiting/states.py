"""After a time-out: is it as if one had never asked?"""

from ipclab import MessageQueue, Pipe, Semaphore, errors


def gives_up(call, *args):
    try:
        call(*args, timeout=0.02)
    except errors.TimedOut as error:
        return getattr(error, "moved", 0)


semaphore, queue, pipe = Semaphore(0), MessageQueue(), Pipe(capacity=4096)
gives_up(semaphore.P)
semaphore.V()
print("semaphore: one V, and its value is", semaphore.state())

gives_up(queue.receive)
queue.send(b"late")
print("queue: one message, and in it is", queue.state())

moved = gives_up(pipe.writer.write, bytes(10_000))
print("pipe: of 10000 bytes", moved, "are in it:", pipe.state())
