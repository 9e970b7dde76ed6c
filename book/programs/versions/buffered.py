"""A handler that prints to the file which is just being written to."""
import io
import signal


class Raw(io.RawIOBase):
    def writable(self):
        return True

    def write(self, data):
        signal.raise_signal(signal.SIGUSR1)
        return len(data)


out = io.BufferedWriter(Raw())
signal.signal(signal.SIGUSR1, lambda *_: out.write(b"from the handler"))
out.write(b"from the program")
try:
    out.flush()
    print("goes through")
except RuntimeError as error:
    print("RuntimeError:", str(error).partition(" <")[0])
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
out.detach()
