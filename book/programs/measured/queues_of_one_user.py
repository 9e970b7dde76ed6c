"""How many POSIX queues for ten messages of 8 KiB may one user have?"""

import contextlib
import os
import resource

from ipclab import PosixQueue
from ipclab.errors import LimitReached

files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
room, most = resource.getrlimit(resource.RLIMIT_MSGQUEUE)
if not 0 <= room <= 400_000:          # leave some to other processes
    room = 400_000
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (room, most))
made = 0
with contextlib.ExitStack() as queues:
    try:
        while made < files:
            queues.enter_context(PosixQueue(max_messages=10, max_size=8192))
            made += 1
    except LimitReached as error:
        print(f"queue {made + 1}: {os.strerror(error.errno)}")
print(f"open files allowed: {files}; bytes in one user's queues: {room:,}")
