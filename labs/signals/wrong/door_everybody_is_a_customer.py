# differs: The byte wakes the program up, and nobody looks which byte it is.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door = door
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        signal.signal(signal.SIGUSR1, lambda signum, frame: None)

    def next(self):
        os.read(self.door, 1)
        return "customer"
