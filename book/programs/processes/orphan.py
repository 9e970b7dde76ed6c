"""When a parent dies first, another process becomes the parent."""

import os

r, w = os.pipe()
parent = os.fork()
if parent == 0:
    if os.fork() == 0:                   # the grandchild
        before = os.getppid()
        os.write(w, b"ready")
        while os.getppid() == before:    # until its parent is gone
            os.sched_yield()
        os.write(w, f"{before} {os.getppid()}".encode())
        os._exit(0)
    os.read(r, 5)
    os._exit(0)

os.waitpid(parent, 0)
os.close(w)
before, after = os.read(r, 100).decode().split()
print("its parent was", before == str(parent) and "the one that died")
print("and is now", "another" if after != before else "the same")
