"""exec puts another program into this process: the same number, new code."""

import os
import sys

ASK = "import os; print('after: ', os.getpid(), 'x' in globals())"

x = 3
print("before:", os.getpid(), "x" in globals(), flush=True)
os.execv(sys.executable, [sys.executable, "-c", ASK])
