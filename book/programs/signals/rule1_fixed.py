"""Rule 1, no static data. NAMES is static too, but nobody writes to it."""

from ipclab import Signal

USR1 = Signal("USR1")
NAMES = "zero one two three four five six seven eight nine".split()


def spell(number: int) -> str:
    words = []                          # each call has its own
    for digit in str(number):
        words.append(NAMES[int(digit)])
        if number == 427 and len(words) == 1:
            USR1.raise_()               # the signal arrives here
    return " ".join(words)


USR1.catch(lambda signum, frame: print("handler:", spell(1)))
print("main:", spell(427))
