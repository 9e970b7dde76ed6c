"""Rule 2, local data only. Here a global variable holds the running sum."""

from ipclab import Signal

USR1 = Signal("USR1")


def mean(values: list[int]) -> float:
    global total
    total = 0
    for value in values:
        total += value
        if value == 20:
            USR1.raise_()               # the signal arrives here
    return total / len(values)


USR1.catch(lambda signum, frame: print("handler:", mean([1000])))
print("main:", mean([10, 20, 30]))
