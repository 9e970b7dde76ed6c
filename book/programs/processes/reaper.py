"""Start commands side by side, and report each as it ends."""

import os


def start(*command):
    pid = os.fork()
    if pid == 0:
        try:
            os.execvp(command[0], command)
        except OSError:
            os._exit(127)              # the shell's number for "not found"
    return pid


commands = [["true"], ["false"], ["no-such-program"], ["sh", "-c", "exit 3"]]
running = {start(*command): command for command in commands}
ended = {}
while running:
    pid, status = os.wait()            # whichever ends next
    ended[running.pop(pid)[0]] = os.waitstatus_to_exitcode(status)

for name, code in sorted(ended.items()):
    print(f"{name}: {code}")
