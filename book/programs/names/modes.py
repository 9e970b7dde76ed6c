"""Who may use it? A mode, and what umask takes away from it."""

import os
import tempfile

from ipclab import MessageQueue
from ipclab.kernel import sysv_tables

os.umask(0o027)
with tempfile.TemporaryDirectory() as folder:
    os.mkfifo(f"{folder}/fifo", 0o666)
    print("fifo:  ", oct(os.stat(f"{folder}/fifo").st_mode)[-3:])

with MessageQueue(mode=0o666) as queue:
    row = next(row for row in sysv_tables().queues if row.id == queue.id)
    print("queue: ", row.mode)
