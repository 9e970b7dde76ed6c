"""Two FIFOs, opened by both in the same order."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
there = os.path.join(folder.name, "there")
back = os.path.join(folder.name, "back")
os.mkfifo(there)
os.mkfifo(back)

asker = os.fork()
if asker == 0:
    questions = os.open(there, os.O_WRONLY)
    answers = os.open(back, os.O_RDONLY)       # then what I read
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
    os.waitpid(process, 0)
folder.cleanup()
