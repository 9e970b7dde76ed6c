"""Rule 3, guard shared data. The signal is blocked while main changes it."""

from ipclab import Signal

USR1 = Signal("USR1")
balance = 100


def deposit(amount: int, interrupted: bool = False) -> None:
    global balance
    with USR1.blocked():
        old = balance
        if interrupted:
            USR1.raise_()               # the signal is sent here, and waits
        balance = old + amount


USR1.catch(lambda signum, frame: deposit(1))
deposit(50, interrupted=True)
print("100 + 50 + 1 =", balance)
