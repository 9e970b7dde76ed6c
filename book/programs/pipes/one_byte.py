"""A full pipe, and room for one byte that cannot be used."""

import os

from ipclab import Pipe
from ipclab.errors import WouldBlock

PAGE = os.sysconf("SC_PAGE_SIZE")


def try_one(pipe: Pipe) -> str:
    try:
        pipe.writer.write_nowait(b"!")
        return "goes in"
    except WouldBlock:
        return "would have to wait"


with Pipe() as pipe:
    pipe.writer.write(bytes(pipe.capacity()))
    print("full:                      one byte", try_one(pipe))
    pipe.reader.read_exactly(1)
    print("one byte was read:         one byte", try_one(pipe))
    pipe.reader.read_exactly(PAGE - 1)
    print("the rest of its page, too: one byte", try_one(pipe))
