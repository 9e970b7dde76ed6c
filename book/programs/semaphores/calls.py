"""What P and V ask of the kernel, to be watched with strace."""

import os

from ipclab import PosixSemaphore, Semaphore

for s in (Semaphore(1), PosixSemaphore(1)):
    os.write(1, f"--- {s.family}\n".encode())
    s.P()
    s.V()
os.write(1, b"---\n")
