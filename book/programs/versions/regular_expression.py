"""Can a handler end a regular expression that would take years?"""
import re
import signal


def handler(*_):
    raise TimeoutError


signal.signal(signal.SIGALRM, handler)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    re.match("(a+)+$", "a" * 60 + "b")
    print("no")
except TimeoutError:
    print("yes: re looks for signals while it matches")
