"""Which exit code does subprocess report while SIGCHLD is ignored?"""
import signal
import subprocess

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
ended = subprocess.run(["sh", "-c", "exit 7"])
print("exit 7 is reported as", ended.returncode)
