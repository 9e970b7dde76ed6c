"""After fork, two processes share one place in the file."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "file")


def both_write(open_again: bool) -> str:
    file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    child = os.fork()
    if child == 0:
        if open_again:
            file = os.open(name, os.O_RDWR)
        os.write(file, b"child ")
        os._exit(0)
    os.waitpid(child, 0)
    os.write(file, b"parent")
    with open(name) as text:
        return text.read()


print("inherited:   ", both_write(open_again=False))
print("opened again:", both_write(open_again=True))
folder.cleanup()
