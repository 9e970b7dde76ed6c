# No flag: the signal is blocked and, between two customers, let through to raise one.
import signal


class Shop:
    def __init__(self, loaves):
        self.loaves, self.money, self.calls = loaves, 0, []

    def on_closing_time(self, signum, frame):
        self.calls.append(signum)

    def serve(self, customers):
        for customer in customers:
            if self.calls or signal.SIGTERM in signal.sigpending():
                return
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            self.loaves -= 1
            self.money += 4
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
