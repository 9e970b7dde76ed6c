# The byte comes from the C handler.
import os
import signal


class Baker:
    def __init__(self):
        self.ear, wire = os.pipe()
        os.set_blocking(wire, False)
        signal.set_wakeup_fd(wire)
        signal.signal(signal.SIGUSR1, lambda signum, frame: None)

    def sleep(self):
        while os.read(self.ear, 1)[0] != signal.SIGUSR1:
            pass
