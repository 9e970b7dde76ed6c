"""With SIGCHLD as it was, the status waits for the parent."""

import signal
import subprocess

signal.signal(signal.SIGCHLD, signal.SIG_DFL)
run = subprocess.run(["sh", "-c", "exit 7"])
print("the command failed with", run.returncode)
