# failed: The ring is blocked and never asked for while the program waits at the door.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door = door
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def next(self):
        if signal.sigtimedwait({signal.SIGUSR1}, 0):
            return "telephone"
        os.set_blocking(self.door, False)
        try:
            os.read(self.door, 1)
        except BlockingIOError:
            return ""
        return "customer"
