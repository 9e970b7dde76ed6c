"""A barber's shop with one chair to wait on; they count one at a time."""

from ipclab import Semaphore, SharedInteger, System, process
from ipclab.explore import explore

CHAIRS, CUSTOMERS, BAD = 1, 3, "two on a chair"


def system():
    came, next_one = Semaphore(0, label="came"), Semaphore(0, label="next")
    mutex = Semaphore(1, label="mutex")
    taken = SharedInteger(0, label="taken")     # chairs

    def barber():
        while True:
            came.P()                            # sleep until one comes
            with mutex.held():
                taken.store(taken.load() - 1)
            next_one.V()

    def customer():
        with mutex.held():
            if taken.load() == CHAIRS:
                return "went away"
            taken.store(taken.load() + 1)
            if taken.load() > CHAIRS:
                return BAD
        came.V()
        next_one.P()
        return "cut"

    return System(process(barber), *(process(customer, name=f"customer {i}")
                                     for i in range(1, CUSTOMERS + 1)),
                  check=lambda end: end.stuck == ("barber",) if BAD not in
                  end.outcomes.values() else BAD,
                  may_stick=True)               # the barber sleeps in the end


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
