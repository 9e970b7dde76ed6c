"""What multiprocessing's Pipe really sends."""

import multiprocessing
import os

from ipclab.kernel import descriptors

reader, writer = multiprocessing.Pipe(duplex=False)
writer.send_bytes(b"hello")
print("on the wire:", os.read(reader.fileno(), 100))
writer.send(("a", 1))
print("an object:  ", os.read(reader.fileno(), 100)[:7], "...")

one, other = multiprocessing.Pipe()
kind = {row.fd: row.kind for row in descriptors(os.getpid())}
print("one way is a", kind[writer.fileno()])
print("two ways is a", kind[one.fileno()])
