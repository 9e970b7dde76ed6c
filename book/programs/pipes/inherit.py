"""Descriptors after exec: those marked inheritable are open."""

import os
import sys


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


if sys.argv[1:]:                        # the new program
    for argument in sys.argv[1:]:
        how, descriptor = argument.split("=")
        state = "open" if is_open(int(descriptor)) else "closed"
        print(f"after exec: {how:15} {state}")
else:
    r, w = os.pipe()
    marked = os.dup(w)
    os.set_inheritable(marked, True)
    ways = {"pipe()": w, "dup()": os.dup(w), "dup2()": os.dup2(w, 50),
            "set_inheritable": marked}
    for how, descriptor in ways.items():
        print(f"before:     {how:15} inheritable:",
              os.get_inheritable(descriptor))
    arguments = [f"{how}={number}" for how, number in ways.items()]
    os.execv(sys.executable, [sys.executable, __file__, *arguments])
