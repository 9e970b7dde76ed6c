"""Rule 1, no static data. This function keeps its words in a static list."""

from ipclab import Signal

USR1 = Signal("USR1")
NAMES = "zero one two three four five six seven eight nine".split()
words = []                              # static: one for all calls


def spell(number: int) -> str:
    words.clear()
    for digit in str(number):
        words.append(NAMES[int(digit)])
        if number == 427 and len(words) == 1:
            USR1.raise_()               # the signal arrives here
    return " ".join(words)


USR1.catch(lambda signum, frame: print("handler:", spell(1)))
print("main:", spell(427))
