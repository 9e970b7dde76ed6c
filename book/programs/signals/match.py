"""A match that would take years: it looks for signals while it works."""

import re
import signal


class Enough(Exception):
    pass


def handler(signum, frame):
    raise Enough


signal.signal(signal.SIGVTALRM, handler)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.01)       # of processor time
try:
    re.match("(a|aa)+$", "a" * 200 + "b")
    print("the match is over")
except Enough:
    print("the handler ended the match")
