"""The kernel calls back: a signal whenever something can be read."""

import fcntl
import os
import signal

r, w = os.pipe()
came = []
signal.signal(signal.SIGIO, lambda *_: came.append(os.read(r, 100)))
fcntl.fcntl(r, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)

if os.fork() == 0:
    os.write(w, b"one")
    os._exit(0)
os.wait()                                # meanwhile anything else
print("nobody asked, and there is", came)
