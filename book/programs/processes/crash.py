"""Three processes, one mistake: the other two finish their work."""

import os
import signal


def work(name):
    if name == "picture":
        os.kill(os.getpid(), signal.SIGSEGV)   # as a bad pointer in C does
    os._exit(0)


children = {}
for name in ["text", "picture", "sound"]:
    pid = os.fork()
    if pid == 0:
        work(name)
    children[pid] = name

for pid, name in children.items():
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    how = signal.Signals(-code).name if code < 0 else "done"
    print(f"{name}: {how}")
print("and the program goes on")
