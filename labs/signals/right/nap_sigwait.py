# sigwait in place of sigwaitinfo, and a look with sigtimedwait first.
from signal import SIG_BLOCK, SIGUSR1, pthread_sigmask, sigtimedwait, sigwait


class Baker:
    RING = {SIGUSR1}

    def __init__(self):
        pthread_sigmask(SIG_BLOCK, self.RING)

    def sleep(self):
        if sigtimedwait(self.RING, 0) is None:
            sigwait(self.RING)
