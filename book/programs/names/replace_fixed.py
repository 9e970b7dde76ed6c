"""The new settings are written beside the old, which they then replace."""

import os
import tempfile


def somebody_reads(when: str) -> None:
    if child := os.fork():
        os.waitpid(child, 0)
        return
    with open(path) as file:
        print(f"{when}: {file.read()!r}", flush=True)
    os._exit(0)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "settings")
    with open(path, "w") as file:
        file.write("colour red, speed 9")
    with open(path + ".new", "w") as file:
        file.write("colour blue, ")
        file.flush()
        somebody_reads("in the middle")
        file.write("speed 7")
    os.replace(path + ".new", path)         # rename(2): one step
    somebody_reads("afterwards")
