"""A System V segment that is removed while it is attached."""

from ipclab import SharedMemory
from ipclab.kernel import sysv_tables


def told(id: int) -> str:
    """What the kernel's table says of it; ipcs -m shows the same."""
    for segment in sysv_tables().segments:
        if segment.id == id:
            return f"attached {segment.attached}, removed {segment.removed}"
    return "not in the table"


memory = SharedMemory(100)
memory.view[:4] = b"data"
print("made:   ", told(memory.id))
memory.remove()                         # shmctl(2), IPC_RMID
print("removed:", told(memory.id), "-", bytes(memory.view[:4]))
memory.close()                          # shmdt(2)
print("closed: ", told(memory.id))
