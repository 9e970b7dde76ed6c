# failed: Unblocks what the caller had blocked.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        try:
            self.balance = self.balance + whole(amount)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
