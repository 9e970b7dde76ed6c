"""The mode of a FIFO, and what the umask takes away from it."""

import os
import stat
import tempfile

folder = tempfile.TemporaryDirectory()
for mask in (0o022, 0o077, 0o000):
    os.umask(mask)
    name = os.path.join(folder.name, f"fifo-{mask:03o}")
    os.mkfifo(name, 0o666)
    print(f"asked for 666, umask {mask:03o}:",
          f"{stat.S_IMODE(os.stat(name).st_mode):03o}")
folder.cleanup()
