# died: The descriptor is set, but a signal without a handler still ends the process.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door = door
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)

    def next(self):
        return "customer" if os.read(self.door, 1) == b"c" else "telephone"
