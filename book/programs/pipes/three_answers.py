"""A read that does not wait has three answers."""

import os

r, w = os.pipe()
os.set_blocking(r, False)


def read() -> object:
    try:
        return os.read(r, 100)
    except BlockingIOError as error:
        return f"{type(error).__name__}: {error.strerror}"


print("empty, a writer is there:", read())
os.write(w, b"data")
print("something is in it:      ", read())
os.close(w)
print("empty, no writer left:   ", read())
