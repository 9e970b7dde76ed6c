# The mask again; not needed here, and right.
import signal


class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        try:
            taken = list(self.notes)
            self.notes.clear()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return taken
