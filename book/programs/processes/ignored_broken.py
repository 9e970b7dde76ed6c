"""Who ignores SIGCHLD never learns how a child ended."""

import signal
import subprocess

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
run = subprocess.run(["sh", "-c", "exit 7"])
print("the command failed with", run.returncode)
