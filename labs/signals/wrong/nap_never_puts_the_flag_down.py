# failed: After the first ring nobody sleeps any more.
import os
import signal


class Baker:
    def __init__(self):
        self.rung = False
        self.ear, self.wire = os.pipe()
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True
        os.write(self.wire, b"r")

    def sleep(self):
        if not self.rung:
            os.read(self.ear, 1)
