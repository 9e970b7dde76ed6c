"""What opening and reading do when they must not wait."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)


def attempt(what: str, call, *arguments):
    try:
        result = call(*arguments)
        print(f"{what:25} {'opened' if call == os.open else result}")
        return result
    except OSError as error:
        print(f"{what:25} {type(error).__name__}: {error.strerror}")


attempt("write, no reader:", os.open, name, os.O_WRONLY | os.O_NONBLOCK)
r = attempt("read, no writer:", os.open, name, os.O_RDONLY | os.O_NONBLOCK)
attempt("read it:", os.read, r, 100)
w = attempt("write, a reader is there:", os.open, name,
            os.O_WRONLY | os.O_NONBLOCK)
attempt("read it again:", os.read, r, 100)
os.write(w, b"data")
attempt("and after a write:", os.read, r, 100)
os.close(w)
attempt("and after the last close:", os.read, r, 100)
folder.cleanup()
