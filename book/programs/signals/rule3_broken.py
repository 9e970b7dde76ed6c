"""Rule 3, guard shared data. Main and handler change one balance."""

from ipclab import Signal

USR1 = Signal("USR1")
balance = 100


def deposit(amount: int, interrupted: bool = False) -> None:
    global balance
    old = balance
    if interrupted:
        USR1.raise_()                   # the signal arrives here
    balance = old + amount


USR1.catch(lambda signum, frame: deposit(1))
deposit(50, interrupted=True)
print("100 + 50 + 1 =", balance)
