"""A handler that writes one line, to be watched with strace."""

import os

from ipclab import Signal

USR1 = Signal("USR1")
USR1.catch(lambda signum, frame: os.write(1, b"the Python handler\n"))
USR1.send(os.getpid())
os.write(1, b"the program again\n")
