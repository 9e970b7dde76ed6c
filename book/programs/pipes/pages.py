"""How many bytes fill a pipe? It depends on the writes' size."""

import os

from ipclab import Pipe
from ipclab.errors import WouldBlock

PAGE = os.sysconf("SC_PAGE_SIZE")


def fill(size: int) -> tuple[int, int]:
    """Write `size` bytes at a time until nothing more goes in."""
    with Pipe() as pipe:
        data = bytes(size)
        try:
            while True:
                pipe.writer.write_nowait(data)
        except WouldBlock:
            return pipe.state(), pipe.capacity()


for size in (1, 100, PAGE, PAGE + 1):
    held, capacity = fill(size)
    print(f"{size:5} bytes at a time: full at {held:,}",
          f"of {capacity:,}")
