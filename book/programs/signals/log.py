"""A handler logs while the program logs to the same file."""

import io
import logging

from ipclab import Signal

USR1 = Signal("USR1")


class Raw(io.RawIOBase):
    """A file in which the signal arrives at the first write."""

    def __init__(self):
        self.written, self.rest = b"", 1

    def writable(self):
        return True

    def write(self, data):
        if self.rest:
            self.rest -= 1
            USR1.raise_()
        self.written += data
        return len(data)


raw = Raw()
logging.raiseExceptions = False                 # as in a program in use
logging.basicConfig(stream=io.TextIOWrapper(io.BufferedWriter(raw)))
USR1.catch(lambda signum, frame: logging.error("from the handler"))
logging.error("from the program")
print("in the log:", raw.written.decode().strip())
