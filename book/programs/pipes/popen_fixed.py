"""Reading until the child has said all, and then waiting for it."""

import os
import subprocess
import sys

CODE = "print('x' * 100_000)"

parent = os.fork()
if parent == 0:
    child = subprocess.Popen([sys.executable, "-c", CODE],
                             stdout=subprocess.PIPE)
    output, _ = child.communicate()     # reads all, and waits
    print(len(output), "bytes")
    os._exit(0)

os.waitpid(parent, 0)
