"""A reader comes between the two halves of a record."""

import os

from ipclab import Semaphore, SharedArray

record = SharedArray(2, initial=(1, 1))         # both halves always equal
half, read = Semaphore(0), Semaphore(0)         # to choose the instant

child = os.fork()
if child == 0:                                  # the writer
    record[0] = 2
    half.V()
    read.P()                                    # here the reader comes
    record[1] = 2
    os._exit(0)

half.P()
print("the reader finds", *record)
read.V()
os.waitpid(child, 0)
