"""Rule 4, no self-modifying code. The code stays; one variable chooses."""

from ipclab import Signal

USR1 = Signal("USR1")
backwards = False


def encode(text: str) -> str:
    return text[::-1] if backwards else "".join(chr(ord(c) + 1) for c in text)


def decode(text: str) -> str:
    return text[::-1] if backwards else "".join(chr(ord(c) - 1) for c in text)


def upgrade() -> None:
    global backwards
    USR1.raise_()                       # the signal arrives here,
    backwards = True                    # before or after one store
    USR1.raise_()                       # or here


USR1.catch(lambda signum, frame: print("handler:", decode(encode("live"))))
upgrade()
print("main:", decode(encode("live")))
