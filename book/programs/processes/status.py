"""All that a parent learns of an end: eight bits, or a signal."""

import os
import signal


def end(how):
    child = os.fork()
    if child == 0:
        how()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


print("exit(7):   ", end(lambda: os._exit(7)))
print("exit(263): ", end(lambda: os._exit(263)))
print("exit(-1):  ", end(lambda: os._exit(-1)))
print("SIGKILL:   ", end(lambda: os.kill(os.getpid(), signal.SIGKILL)))
