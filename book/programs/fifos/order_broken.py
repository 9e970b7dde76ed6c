"""Two FIFOs, opened by each in an order of its own."""

import os
import tempfile

from ipclab import Signal
from ipclab.kernel import wait_until_blocked, why_stuck

folder = tempfile.TemporaryDirectory()
there = os.path.join(folder.name, "there")
back = os.path.join(folder.name, "back")
os.mkfifo(there)
os.mkfifo(back)

asker = os.fork()
if asker == 0:
    answers = os.open(back, os.O_RDONLY)       # first what I read
    questions = os.open(there, os.O_WRONLY)
    os.write(questions, b"well?")
    print("the asker reads", os.read(answers, 100))
    os._exit(0)

teller = os.fork()
if teller == 0:
    questions = os.open(there, os.O_RDONLY)    # first what I read
    answers = os.open(back, os.O_WRONLY)
    os.write(answers, os.read(questions, 100) + b" well!")
    os._exit(0)

for process in (asker, teller):
    wait_until_blocked(process, ("open", "openat"))
graph = why_stuck({asker: "asker", teller: "teller"})
print(str(graph).replace(folder.name + "/", ""))
for process in (asker, teller):
    Signal("KILL").send(process)
    os.waitpid(process, 0)
folder.cleanup()
