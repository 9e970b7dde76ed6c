"""Does a handler run while the main thread waits in join()?"""
import os
import signal
import sys
import threading
import time

ran, main = threading.Event(), threading.main_thread().ident
signal.signal(signal.SIGUSR1, lambda *_: ran.set())


def in_join():
    frame = sys._current_frames()[main]
    return frame.f_code.co_name in ("join", "_wait_for_tstate_lock")


def other():
    while not in_join():
        time.sleep(0)
    for _ in range(500):                # one that comes too early is no proof
        os.kill(os.getpid(), signal.SIGUSR1)
        if ran.wait(0.01):
            break
    print("yes" if ran.is_set() else "no")


thread = threading.Thread(target=other)
thread.start()
thread.join()
