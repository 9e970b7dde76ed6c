"""A signal inside its own handler: Python nests at once, C waits its turn."""

import ctypes

from ipclab import Signal

USR1 = Signal("USR1")
runs = depth = deepest = 0


def handler(*_) -> None:
    global runs, depth, deepest
    runs, depth = runs + 1, depth + 1
    deepest = max(deepest, depth)
    if runs < 5:
        USR1.raise_()                   # the same signal, within its handler
    depth -= 1


def experiment(kind: str) -> None:
    global runs, deepest
    runs = deepest = 0
    USR1.raise_()
    print(f"{kind} handler: {runs} runs, at most {deepest} at a time")


USR1.catch(handler)
experiment("Python")
in_c = ctypes.CFUNCTYPE(None, ctypes.c_int)(handler)
ctypes.CDLL(None).signal(USR1.number, in_c)
experiment("C")
