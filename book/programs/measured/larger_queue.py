"""1 MiB through a System V queue: in parts of 8 KiB, and whole.

The limits belong to an IPC namespace; we raise them in one of our own.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ipclab.measure import throughput

LIMITS = Path("/proc/sys/kernel")
LARGEST, ROOM = LIMITS / "msgmax", LIMITS / "msgmnb"
namespace = os.readlink("/proc/self/ns/ipc")


def measured() -> None:
    for part, room in (8, 16), (8, 2048), (1024, 2048):
        LARGEST.write_text(str(part << 10)), ROOM.write_text(str(room << 10))
        each = throughput("system_v_queue", size=1 << 20, placement="same",
                          rounds=1, seconds=.02, count=False)
        print(f"{each.switches:5.1f} switches, {each.cpu_ns / 1000:4.0f} µs: "
              f"parts of {part} KiB, room for {room} KiB")


if sys.argv[1:]:
    assert namespace != sys.argv[1], "never with the machine's own limits"
    measured()
    sys.exit()
as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
before = LARGEST.read_text(), ROOM.read_text()
with tempfile.TemporaryDirectory() as folder:      # for what "root" notes
    ran = subprocess.run(
        ["unshare", "--ipc", *as_root, sys.executable, __file__, namespace],
        env=os.environ | {"IPCLAB_LEDGERS": folder}, text=True,
        capture_output=True)
print(ran.stdout.rstrip() or "Not here: " + ran.stderr.splitlines()[-1])
unchanged = before == (LARGEST.read_text(), ROOM.read_text())
print("The machine's own limits:", "as before" if unchanged else "CHANGED")
