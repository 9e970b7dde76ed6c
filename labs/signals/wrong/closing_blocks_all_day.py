# differs: While the signal is blocked, nobody hears that it is closing time.
import signal


class Shop:
    def __init__(self, loaves):
        self.loaves, self.money = loaves, 0

    def on_closing_time(self, signum, frame):
        pass

    def serve(self, customers):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        for customer in customers:
            self.loaves -= 1
            self.money += 4
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
