"""What a process keeps when it executes another program."""

import os
import signal
import sys

ASK = """
import os, signal
print(os.getcwd(), oct(os.umask(0)), signal.getsignal(signal.SIGHUP).name,
      signal.getsignal(signal.SIGUSR1).name,
      [s.name for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])])
"""
os.chdir("/")
os.umask(0o077)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.signal(signal.SIGUSR1, lambda *_: None)     # its code will be gone
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.execv(sys.executable, [sys.executable, "-c", ASK])
