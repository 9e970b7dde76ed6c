"""The forgotten write end: the reader waits for ever."""

import os

from ipclab import Signal
from ipclab.kernel import wait_until_blocked, why_stuck

r, w = os.pipe()
child = os.fork()
if child == 0:
    while data := os.read(r, 100):      # until the end of file
        print("the child reads", data)
    print("the child has seen the end")
    os._exit(0)

os.close(r)
os.write(w, b"all there is")
os.close(w)                             # nothing more will come
wait_until_blocked(child, "read")
print(why_stuck({child: "the child"}))
Signal("KILL").send(child)
os.waitpid(child, 0)
