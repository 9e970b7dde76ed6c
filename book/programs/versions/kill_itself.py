"""os.kill of the process itself: does the handler run before it returns?"""
import os
import signal

calls = []
signal.signal(signal.SIGUSR1, lambda *_: calls.append(1))
list(map(os.kill, [os.getpid()] * 5, [signal.SIGUSR1] * 5))
kills = len(calls)
list(map(signal.raise_signal, [signal.SIGUSR1] * 5))
print(f"handler calls: {kills} in 5 os.kill,"
      f" {len(calls) - kills} in 5 raise_signal")
