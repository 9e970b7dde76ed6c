"""Two writes, and the reads that find them."""

import os

r, w = os.pipe()
os.write(w, b"one")
os.write(w, b"two")
print("read(100):", os.read(r, 100))

os.write(w, b"three")
print("read(2):  ", os.read(r, 2))
print("read(2):  ", os.read(r, 2))
print("read(2):  ", os.read(r, 2))
try:
    os.lseek(r, 0, os.SEEK_SET)
except OSError as error:
    print("back to the start:", error.strerror)
