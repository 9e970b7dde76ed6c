"""Does a fork beside a second thread warn?"""
import os
import threading
import warnings

stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    pid = os.fork()
    if pid == 0:
        os._exit(0)
os.waitpid(pid, 0)
stop.set()
thread.join()
print(*[w.category.__name__ for w in caught] or ["no warning"])
