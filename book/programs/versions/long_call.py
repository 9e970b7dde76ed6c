"""Five signals in the middle of one call into C, list(): when felt?"""
import ctypes
import signal

calls = []
signal.signal(signal.SIGUSR1, lambda *_: calls.append(1))
raise_ = ctypes.PyDLL(None)["raise"]        # the C library's own
seen = list(zip(map(raise_, [signal.SIGUSR1] * 5), map(len, [calls] * 5)))
print(f"handler calls: {seen[-1][1]} in it, {len(calls)} after it")
