"""The pipelines of a shell. Usage: shell.py 'ls | more'"""

import os
import shlex
import signal
import sys


def start(command: str, source: int, target: int) -> int:
    child = os.fork()
    if child:
        return child
    os.dup2(source, 0)              # its descriptor 0 is the source,
    os.dup2(target, 1)              # its descriptor 1 is the target
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        words = shlex.split(command)
        os.execvp(words[0], words)  # all other ends are closed by this
    finally:
        os._exit(127)               # there is no such command


def pipeline(line: str) -> list[int]:
    *commands, last = line.split("|")
    source, children = os.dup(0), []
    for command in commands:
        r, w = os.pipe()
        children.append(start(command, source, w))
        os.close(source)            # or its writer never gets SIGPIPE
        os.close(w)                 # or its reader never sees the end
        source = r
    children.append(start(last, source, 1))
    os.close(source)
    return [os.waitpid(child, 0)[1] for child in children]


statuses = pipeline(sys.argv[1] if sys.argv[1:] else "echo a | cat | wc -c")
print("ended with", *map(os.waitstatus_to_exitcode, statuses))
