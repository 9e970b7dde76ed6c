"""What a new program finds: handlers gone, the ignored and the mask kept."""

import os
import sys

from ipclab import Signal
from ipclab.kernel import signals

HUP, USR1, USR2 = Signal("HUP"), Signal("USR1"), Signal("USR2")
NAMES = {HUP.label, USR1.label, USR2.label}


def report(when: str) -> None:
    now = signals(os.getpid())
    for kind in ("caught", "ignored", "blocked"):
        ours = NAMES & set(getattr(now, kind))
        print(f"{when}: {kind:8}", *ours, flush=True)


if sys.argv[1:] == ["again"]:
    report("after exec")
else:
    HUP.catch(lambda signum, frame: None)
    USR1.ignore()
    USR2.block()
    report("before exec")
    os.execv(sys.executable, [sys.executable, __file__, "again"])
