"""ftok(3) makes a key from a file and a number. Is it a key of its own?"""

import os
import tempfile

import sysv_ipc


def show(what: str, path: str, number: int) -> None:
    key = sysv_ipc.ftok(path, number, silence_warning=True)
    print(f"{what:18} inode {os.stat(path).st_ino:#x}, key {key:#010x}")


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "settings")
    open(path, "w").close()
    show("number 1:", path, 1)
    show("number 2:", path, 2)
    show("number 257:", path, 257)
    os.rename(path, path + ".old")
    open(path, "w").close()             # a new file at the same path
    show("the file replaced:", path, 1)
