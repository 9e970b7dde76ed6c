"""Two processes so polite that neither ever gets through."""

from ipclab import Semaphore, System, process
from ipclab.errors import WouldBlock
from ipclab.explore import Stepper


def system():
    one, two = Semaphore(1, label="one"), Semaphore(1, label="two")

    def both(first, second):
        while True:
            first.P()
            try:
                second.P_nowait()
            except WouldBlock:
                first.V()                   # after you!
                continue
            second.V()
            first.V()
            return

    return System(process(both, one, two, name="A"),
                  process(both, two, one, name="B"))


ROUND = ("A", "B") * 3                      # P, try, V: in step
with Stepper(system) as stepper:
    before = stepper.now
    for number in range(1, 4):
        now = stepper.go(ROUND * number)
        same = now.about == before.about
        print(f"round {number} - as at the start: {same} - ended:",
              len(now.ended))
    now = stepper.go(ROUND * 3 + ("A",) * 4 + ("B",) * 4)
    print("one lets the other finish - ended:", len(now.ended))
