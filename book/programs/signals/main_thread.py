"""Whichever thread a signal is sent to, the main thread runs the handler."""

import signal
import threading

from ipclab import Signal

USR1 = Signal("USR1")
ran = threading.Event()


def handler(signum, frame):
    print("the handler runs in", threading.current_thread().name)
    ran.set()


def other() -> None:
    print("the signal goes to", threading.current_thread().name)
    signal.pthread_kill(threading.get_ident(), USR1.number)
    ran.wait()
    try:
        USR1.ignore()
    except ValueError:
        print("only the main thread may change a disposition")


USR1.catch(handler)
thread = threading.Thread(target=other, name="another thread")
thread.start()
while thread.is_alive():                # the main thread executes bytecodes
    pass
