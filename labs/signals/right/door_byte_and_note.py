# The byte only wakes; what happened is in a note.
import os
import signal
from collections import deque


class Counter:
    def __init__(self, door, bell):
        self.door, self.notes = door, deque()
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        signal.signal(signal.SIGUSR1, lambda signum, frame: self.notes.append("telephone"))

    def next(self):
        while True:
            byte = os.read(self.door, 1)
            if byte == b"c":
                return "customer"
            while not self.notes:
                pass
            return self.notes.popleft()
