"""Opening a FIFO is a meeting: the first one waits."""

import os
import tempfile

from ipclab.kernel import wait_until_blocked

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)


def meet(first: int, second: int, who: str) -> None:
    child = os.fork()
    if child == 0:
        os.open(name, first)
        print(f"  {who} is in")
        os._exit(0)
    print(f"{who} comes first and sleeps in",
          wait_until_blocked(child, ("open", "openat")).call)
    other = os.open(name, second)       # does not wait
    os.waitpid(child, 0)
    os.close(other)


meet(os.O_RDONLY, os.O_WRONLY, "a reader")
meet(os.O_WRONLY, os.O_RDONLY, "a writer")
folder.cleanup()
