"""SEM_UNDO takes back a V that was meant for others."""

import os

from ipclab import Semaphore

for undo in (False, True):
    done = Semaphore(0, undo=undo)
    child = os.fork()
    if child == 0:
        done.V()                        # "the file is ready"
        os._exit(0)
    os.waitpid(child, 0)
    print(f"undo={undo}: value", done.value)
