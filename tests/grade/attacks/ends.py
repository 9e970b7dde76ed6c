"""What a solution can do to its own run, with the rules switched off. Each costs this check, and nothing else."""

TILL = """
class Till:
    def __init__(self, balance):
        self.balance = balance
"""
WRONG = TILL + """
    def book(self, amount):
        self.balance = self.balance + round(amount)
"""
THE_JUDGES_LINE = """
import glob, os
def lines():
    for name in glob.glob(f"/proc/{os.getppid()}/fd/*"):
        try:
            with open(name, "wb", buffering=0) as line:
                yield line
        except OSError:
            continue
"""

ENDS = {
    "exit": "import os\nos._exit(0)",
    "abort": "import sys, os\nsys.modules.clear()\nos.abort()",
    "kill the watcher": "import os\nos.kill(os.getppid(), 9)",
    "stop the watcher": "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)",
    "kill everything": "import os\nos.kill(-1, 9)",
    "kill the group": "import os\nos.kill(0, 9)",
    "sleep until the next student": "import time\ntime.sleep(1000)",
    "ignore every signal and go on": """
import signal
for number in (1, 2, 3, 14, 15, 24):
    signal.signal(number, signal.SIG_IGN)
while True:
    signal.pause()
""",
    "a fork bomb": """
import os, signal
while True:
    try:
        os.fork()
    except OSError:
        signal.pause()
""",
    "threads without end": """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()
""",
    "a flood on every descriptor": """
import os
for descriptor in range(3, 64):
    try:
        os.set_blocking(descriptor, False)
        while True:
            os.write(descriptor, bytes(10 ** 6))
    except OSError:
        pass
os._exit(0)
""",
    "a flood on the judge's line": THE_JUDGES_LINE + """
for line in lines():
    for _ in range(100):
        line.write(bytes(10 ** 6))
""",
    "forged words on the judge's line": THE_JUDGES_LINE + """
for line in lines():
    line.write(b'{"nonce": "0", "end": 0, "notes": []}\\n')
""",
    "descriptors closed": "import os\nos.closerange(0, 256)",
    "patched json": "import json\njson.dumps = lambda *a, **k: '{}'",
    "patched trace": """
import sys
sys.settrace = lambda *a: None
if hasattr(sys, "monitoring"):
    sys.monitoring.set_events = lambda *a: None
""" + WRONG,
    "patched os": "import os\nos.fork = lambda: 1\nos.waitpid = lambda *a: (1, 0)\n" + WRONG,
    "patched builtins": "import builtins\nbuiltins.len = lambda x: 0\nbuiltins.isinstance = lambda *a: True\n" + WRONG,
    "patched story": "import ipclab.grade.story as s\ns.Story.observe = lambda self: {}\n" + WRONG,
    "an object equal to everything": """
class Everything(int):
    def __eq__(self, other): return True
    def __add__(self, other): return Everything(0)
    __hash__ = int.__hash__
""" + WRONG.replace("= balance", "= Everything(balance)"),
}

OUTLIVES = """
import os, subprocess, sysv_ipc
for _ in range(20):
    subprocess.Popen(["sleep", MARKER], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.execvp("sleep", ["sleep", MARKER])
for make in (sysv_ipc.Semaphore, sysv_ipc.MessageQueue):
    make(None, sysv_ipc.IPC_CREX)
for path in ("/dev/shm/left", "/tmp/left"):
    os.mkfifo(path)
raise ValueError("all done")
"""
