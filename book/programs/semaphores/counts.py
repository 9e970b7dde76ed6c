"""A semaphore counts: no V is lost, and no value is below zero."""

from ipclab import Semaphore
from ipclab.errors import WouldBlock

for value in (0, 3):
    s = Semaphore(value)
    s.V()
    s.V()
    print(f"began with {value}, after two V: {s.value}")
    taken = 0
    try:
        while True:
            s.P_nowait()
            taken += 1
    except WouldBlock:
        print(f"P went through {taken} times, value {s.value}")
    s.remove()
