"""One loop waits for data and for signals: the wakeup descriptor."""

import os
import select

from ipclab import Signal
from ipclab.mechanisms.signals import name_of, wakeup_fd

USR1, TERM = Signal("USR1"), Signal("TERM")
data_r, data_w = os.pipe()
done_r, done_w = os.pipe()              # the child says: ready for more


def loop(arrived: int) -> None:
    while True:
        os.write(done_w, b".")
        ready, _, _ = select.select([data_r, arrived], [], [])
        if data_r in ready:
            print("data:", os.read(data_r, 100).decode(), flush=True)
        if arrived in ready:
            for number in os.read(arrived, 100):
                print("signal:", name_of(number), flush=True)
                if number == TERM.number:
                    return


child = os.fork()
if child == 0:
    USR1.catch(lambda signum, frame: None)
    TERM.catch(lambda signum, frame: None)
    with wakeup_fd() as arrived:
        loop(arrived)
    os._exit(0)

for act in (lambda: os.write(data_w, b"hello"), lambda: USR1.send(child),
            lambda: os.write(data_w, b"again"), lambda: TERM.send(child)):
    os.read(done_r, 1)
    act()
os.waitpid(child, 0)
