"""A signal in the middle of Queue.put, whose handler puts, too: can it?"""
import queue
import signal

plain, simple = queue.Queue(), queue.SimpleQueue()


def handler(*_):
    simple.put(1)
    free = plain.mutex.acquire(blocking=False)
    print("SimpleQueue: yes; Queue:", "yes" if free else "no, for ever")


signal.signal(signal.SIGUSR1, handler)
with plain.mutex:                       # as every put and get does
    signal.raise_signal(signal.SIGUSR1)
