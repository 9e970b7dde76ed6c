"""A signal sent to another thread: in which thread does the handler run?"""
import signal
import threading
import time

where, stop = [], threading.Event()
signal.signal(signal.SIGUSR1,
              lambda *_: where.append(threading.current_thread().name))
thread = threading.Thread(target=stop.wait, name="OtherThread")
thread.start()
signal.pthread_kill(thread.ident, signal.SIGUSR1)
while not where:
    time.sleep(0)                       # the main thread must not be blocked
stop.set()
thread.join()
print(*where)
