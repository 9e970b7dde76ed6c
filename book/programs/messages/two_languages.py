"""A message made by a command, read by Python: which byte comes first?"""

import os
import struct

r, w = os.pipe()
child = os.fork()
if child == 0:
    os.dup2(w, 1)
    os.execlp("printf", "printf", r"\0\0\0\005hello")   # not in Python
os.waitpid(child, 0)
header, rest = os.read(r, 4), os.read(r, 100)
print("as agreed, the highest first:", *struct.unpack(">I", header))
print("as this machine has numbers: ", *struct.unpack("=I", header))
print("and the payload:", rest)
