"""The name leads to an ordinary file: nobody notices."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "commands")
open(name, "w").close()              # somebody was here before us


def send(text: bytes) -> None:
    w = os.open(name, os.O_WRONLY)
    os.write(w, text)
    os.close(w)
    print("sent, and no error")


send(b"secret")
with open(name) as file:
    print("what is in the file now:", repr(file.read()))
folder.cleanup()
