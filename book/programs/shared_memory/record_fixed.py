"""A reader comes between the two halves, notices it, and reads again."""

import os

from ipclab import Semaphore, SharedArray

record = SharedArray(2, initial=(1, 1))         # both halves always equal
version = SharedArray(1)                        # odd: somebody is writing
half, read = Semaphore(0), Semaphore(0)         # to choose the instant

child = os.fork()
if child == 0:                                  # the writer
    version[0] += 1
    record[0] = 2
    half.V()
    read.P()                                    # here the reader comes
    record[1] = 2
    version[0] += 1
    os._exit(0)

half.P()
while True:
    before, found, after = version[0], tuple(record), version[0]
    if before == after and before % 2 == 0:
        break
    print("somebody is writing")
    read.V()
    os.waitpid(child, 0)
print("the reader finds", *found)
