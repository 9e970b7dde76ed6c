"""One signal, three dispositions: caught, ignored, default."""

import os

from ipclab import Signal

USR1 = Signal("USR1")


def life(prepare) -> str:
    """How a process ends that calls `prepare` and then signals itself."""
    child = os.fork()
    if child == 0:
        prepare()
        USR1.send(os.getpid())
        print("  still alive", flush=True)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "exited" if code == 0 else f"ended by signal {-code}"


def handler(signum, frame):
    print("  handler:", USR1.label, flush=True)


for name, prepare in [("caught", lambda: USR1.catch(handler)),
                      ("ignored", USR1.ignore),
                      ("default", USR1.default)]:
    print(name, flush=True)
    print(" ", life(prepare), flush=True)
