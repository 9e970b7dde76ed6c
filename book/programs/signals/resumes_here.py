"""A handler runs on top of what it interrupts, which then goes on there."""

import signal

from ipclab import Signal

USR1 = Signal("USR1")


def handler(signum, frame):
    name, x = frame.f_code.co_name, frame.f_locals["x"]
    print(f"  handler: {name}() is interrupted, its x is {x}")


def work() -> int:
    x = 1
    signal.raise_signal(USR1.number)
    x = x + 1
    return x


USR1.catch(handler)
print("work() begins")
print("work() returned", work())
