"""A signal to another thread does not wake the main thread: no handler."""

import os
import signal
import threading

from ipclab import Signal
from ipclab.kernel import wait_until_blocked
from ipclab.mechanisms.signals import wakeup_fd

USR1, USR2 = Signal("USR1"), Signal("USR2")
ran = []


def handler(signum, frame):
    ran.append(signal.Signals(signum).name)


def other(arrived: int) -> None:
    wait_until_blocked(os.getpid(), "futex")    # main is in join()
    signal.pthread_kill(threading.get_ident(), USR1.number)
    os.read(arrived, 1)                         # Python has noted it
    print("USR1 has arrived; handlers run:", ran)
    USR2.send(os.getpid())                      # the kernel wakes main


USR1.catch(handler)
USR2.catch(handler)
with wakeup_fd() as arrived:
    thread = threading.Thread(target=other, args=(arrived,))
    thread.start()
    thread.join()
print("USR2 has woken main; handlers run:", ran)
