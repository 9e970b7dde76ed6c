"""A segment made elsewhere: is it there after a Python process used it?"""
import inspect
import os
import subprocess
import sys
from multiprocessing.shared_memory import SharedMemory

NAME = f"versions-{os.getpid()}"
USE = """from multiprocessing.shared_memory import SharedMemory
SharedMemory({!r}{}).close()"""


def after_a_user(more):
    with open(f"/dev/shm/{NAME}", "wb") as made:
        made.truncate(10)
    # Its tracker holds standard error open: at the end of that it has ended.
    subprocess.run([sys.executable, "-c", USE.format(NAME, more)],
                   stderr=subprocess.PIPE)
    try:
        os.unlink(f"/dev/shm/{NAME}")
        return "still there"
    except FileNotFoundError:
        return "gone"


print("then:", after_a_user(""), end="; ")
if "track" in inspect.signature(SharedMemory).parameters:
    print("with track=False:", after_a_user(", track=False"))
else:
    print("there is no track=False")
