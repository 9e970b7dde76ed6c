"""When does CPython run a handler? Between two bytecodes, never inside C."""

import ctypes
from operator import length_hint

from ipclab import Signal

USR1 = Signal("USR1")
raise_ = ctypes.CDLL(None)["raise"]     # raise(3); raise(0) sends nothing
todo = iter([])


def handler(signum, frame):
    print("  handler runs with", length_hint(todo), "of 5 calls to go")


USR1.catch(handler)
calls = [0, 0, USR1.number, 0, 0]       # the third call sends the signal

print("a loop of bytecodes:")
todo = iter(calls)
for number in todo:
    raise_(number)

print("one long call into C:")
todo = iter(calls)
sum(map(raise_, todo))
