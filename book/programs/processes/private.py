"""Each process has its own memory: what one stores, the other never sees."""

import os

balance = [100]
r, w = os.pipe()
child = os.fork()
if child == 0:
    balance[0] -= 70
    os.write(w, f"child:  {balance[0]} at {id(balance):#x}\n".encode())
    os._exit(0)

os.waitpid(child, 0)
print(os.read(r, 100).decode(), end="")
print(f"parent: {balance[0]} at {id(balance):#x}")
