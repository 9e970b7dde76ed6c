"""Look at what was opened, not at the name."""

import os
import stat
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "commands")
open(name, "w").close()              # somebody was here before us


def send(text: bytes) -> None:
    w = os.open(name, os.O_WRONLY | os.O_NOFOLLOW)
    if not stat.S_ISFIFO(os.fstat(w).st_mode):
        return print("not sent: that is no FIFO")
    os.write(w, text)
    os.close(w)
    print("sent, and no error")


send(b"secret")
with open(name) as file:
    print("what is in the file now:", repr(file.read()))
folder.cleanup()
