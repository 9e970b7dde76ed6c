"""Can a signal interrupt its own handler?"""
import signal

depth = deepest = 0


def handler(signum, frame):
    global depth, deepest
    depth += 1
    deepest = max(deepest, depth)
    if depth < 5:
        signal.raise_signal(signum)
    depth -= 1


signal.signal(signal.SIGUSR1, handler)
signal.raise_signal(signal.SIGUSR1)
print(f"yes: {deepest} deep" if deepest > 1 else "no")
