"""One call ends three children: they are a process group."""

import os
import signal

children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    os.setpgid(child, children[0] if children else child)
    children.append(child)

os.killpg(children[0], signal.SIGTERM)
endings = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
           for child in children]
print("ended by one call:", *(signal.Signals(-code).name for code in endings))
