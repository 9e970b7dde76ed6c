"""The sieve of Eratosthenes, with a process for each prime."""

import os

from ipclab import Pipe


def numbers(end):
    while data := end.read(4):
        yield int(data)


def sieve(left: Pipe) -> None:
    """Print the first number; pass on what it does not divide."""
    left.writer.close()
    source = numbers(left.reader)
    prime = next(source, None)
    if prime is None:        # nothing came: the last
        os._exit(0)
    print(prime)
    right = Pipe()
    child = os.fork()
    if child == 0:
        left.reader.close()
        sieve(right)
    for number in source:
        if number % prime:
            right.writer.write(b"%4d" % number)
    right.writer.close()
    os.waitpid(child, 0)
    os._exit(0)


first = Pipe()
if os.fork() == 0:
    sieve(first)
for number in range(2, 36):
    first.writer.write(b"%4d" % number)
first.close()
os.wait()
