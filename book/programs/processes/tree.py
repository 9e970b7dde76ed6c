"""Three calls of fork, one after the other: how many processes are there?"""

import os

r, w = os.pipe()
first = os.getpid()
for _ in range(3):
    os.fork()                         # all that exist by now go on from here

os.write(w, b".")
if os.getpid() != first:
    while True:                       # nobody may end before its children
        try:
            os.wait()
        except ChildProcessError:
            os._exit(0)

for _ in range(3):                    # the first process has three
    os.wait()
print("processes:", len(os.read(r, 100)))
