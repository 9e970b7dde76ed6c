"""Two processes add one to a number: every order of their steps."""

from ipclab import SharedInteger, System, process
from ipclab.explore import Stepper


def system():
    n = SharedInteger(0)

    def add_one():
        old = n.load()
        n.store(old + 1)

    return System(process(add_one, name="A"), process(add_one, name="B"),
                  check=lambda end: n.view[0] == 2 or "one is lost")


def every_order(stepper, way=()):
    now = stepper.go(way)           # a run in which they act in this order
    if now.over:
        yield way, now.wrong
    for who in now.may:             # and from here: each of them next
        yield from every_order(stepper, (*way, who))


with Stepper(system) as stepper:    # real processes, one step at a time
    for way, wrong in every_order(stepper):
        print(*way, "", wrong or "both count")
