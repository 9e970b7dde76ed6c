"""A throughput whose clock stops when the last message has come."""

import os
import time
from fcntl import ioctl
from struct import unpack
from termios import FIONREAD

TIMES, SIZE = 1000, 64
r, w = os.pipe()
answer_r, answer_w = os.pipe()
go_r, go_w = os.pipe()

if os.fork() == 0:
    os.read(go_r, 1)
    left = TIMES * SIZE
    while left:
        left -= len(os.read(r, left))
    os.write(answer_w, b"all")
    os._exit(0)

os.write(go_w, b".")
start = time.perf_counter_ns()
for _ in range(TIMES):
    os.write(w, bytes(SIZE))
os.read(answer_r, 3)
ns = time.perf_counter_ns() - start
inside = unpack("i", ioctl(r, FIONREAD, bytes(4)))[0]
os.wait()
print(f"{TIMES} messages of {SIZE} bytes, {ns // TIMES} ns each")
print("when the clock stopped, nobody had read", inside // SIZE)
