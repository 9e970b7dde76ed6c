"""The same with a door that the writer shuts behind it."""

from ipclab import Semaphore, SharedInteger, System, process
from ipclab.explore import Stepper


def system():
    readers, record = SharedInteger(0), SharedInteger(0)
    room, count, door = (Semaphore(1) for _ in range(3))

    def change(by, at, act):
        with count.held():
            readers.store(readers.load() + by)
            if readers.load() == at:
                act()

    def read():
        for _ in range(3):
            with door.held():
                change(+1, 1, room.P)
            record.load()
            change(-1, 0, room.V)

    def write():
        with door.held(), room.held():
            record.store(1)

    return System(process(read, name="A"), process(read, name="B"),
                  process(write, name="writer"))


with Stepper(system) as stepper:
    while stepper.now.about["A"] != "load() on record":
        stepper.step("A")
    for who in "BABABABABA":    # round, and in again; first the writer
        while may := {"writer", who} & {*stepper.now.may}:
            if stepper.step(max(may)).about[who] == "load() on record":
                break
    done = [e.process for e in stepper.trace() if e.object == "record"]
print("visits before the writer:", done.index("writer"), "of 6")
