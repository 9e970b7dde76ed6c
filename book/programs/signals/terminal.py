"""A terminal and its jobs: who may read from it, and whom Ctrl-Z stops."""

import os
import pty
import re
import signal


def state(job: int) -> str:
    status = os.waitpid(job, os.WUNTRACED)[1]
    stopped = os.WIFSTOPPED(status)
    return signal.Signals(os.WSTOPSIG(status)).name if stopped else "ended"


def shell() -> None:
    if not (job := os.fork()):
        os.setpgid(0, 0)                        # a group of its own
        os.read(0, 100)
        os._exit(0)
    print("it reads in the background:", state(job))
    os.tcsetpgrp(0, job)                        # now in the foreground
    os.killpg(job, signal.SIGCONT)
    print("type Ctrl-Z", flush=True)
    print("somebody types Ctrl-Z:", state(job))
    os.killpg(job, signal.SIGCONT)
    print("type a line", flush=True)
    print("it goes on, and reads:", state(job), flush=True)


pid, terminal = pty.fork()                      # a session of its own
if pid == 0:
    shell()
    os._exit(0)
said = ""
for word, keys in ("Z\r", b"\x1a"), ("line\r", b"hello\n"), ("ended", b""):
    while word not in said:
        said += os.read(terminal, 1000).decode()
    os.write(terminal, keys)
os.waitpid(pid, 0)
print("\n".join(re.findall(r"[a-z].*: \w+", said)))
