"""Rule 4, no self-modifying code. An upgrade replaces two functions."""

from ipclab import Signal

USR1 = Signal("USR1")


def encode(text: str) -> str:
    return "".join(chr(ord(letter) + 1) for letter in text)


def decode(text: str) -> str:
    return "".join(chr(ord(letter) - 1) for letter in text)


def upgrade() -> None:
    encode.__code__ = (lambda text: text[::-1]).__code__
    USR1.raise_()                       # the signal arrives here
    decode.__code__ = (lambda text: text[::-1]).__code__


USR1.catch(lambda signum, frame: print("handler:", decode(encode("live"))))
upgrade()
print("main:", decode(encode("live")))
