"""A mailbox of n places out of two semaphores, and a sender alone."""

from ipclab import Semaphore, errors


def sent_alone(places):
    free, full = Semaphore(places), Semaphore(0)
    with free, full:
        for n in range(100):
            try:
                free.P_nowait()
                full.V()
            except errors.WouldBlock:
                return n


print([sent_alone(places) for places in (0, 1, 5)])
