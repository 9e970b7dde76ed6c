"""An empty buffer can be copied without harm."""

import os

r, w = os.pipe()
out = open(w, "w")
print("only once", file=out)
out.flush()                         # before every fork
child = os.fork()
if child == 0:
    out.close()                     # writes what is in its buffer
    os._exit(0)

os.waitpid(child, 0)
out.close()                         # and so does this
print(os.read(r, 100))
