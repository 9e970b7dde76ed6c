# Still static, but guarded: heavy, and right.
import signal

parts = []


def receipt(item, price):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        parts[:] = [item, "." * (24 - len(item) - len(price)), price]
        return "".join(parts)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
