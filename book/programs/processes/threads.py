"""The same with threads in one process: the mistake of one ends them all."""

import os
import signal
import threading


def work(name, start):
    start.wait()
    if name == "picture":
        os.kill(os.getpid(), signal.SIGSEGV)
    threading.Event().wait()                       # text and sound work on


pid = os.fork()
if pid == 0:
    start = threading.Barrier(3)
    for name in ["text", "picture", "sound"]:
        threading.Thread(target=work, args=(name, start)).start()
    threading.Event().wait()

_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
print("text, picture and sound:", signal.Signals(-code).name)
