"""A program's own buffer stands before the kernel's."""

import os

from ipclab.kernel import pipe_fill

r, w = os.pipe()
out = open(w, "w")               # a text file around descriptor w


def in_the_pipe() -> str:
    return f"{pipe_fill(os.getpid(), r).waiting} bytes in the pipe"


print("hello", file=out)
print("printed:", in_the_pipe())
out.flush()
print("flushed:", in_the_pipe())
