# differs: The ring comes out by the flag, and once more by the byte.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door, self.rung = door, False
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def next(self):
        if self.rung:
            self.rung = False
            return "telephone"
        return "customer" if os.read(self.door, 1) == b"c" else "telephone"
