"""How large is a shared memory segment of 10 bytes?"""
from multiprocessing.shared_memory import SharedMemory

segment = SharedMemory(create=True, size=10)
print(segment.size, "bytes")
segment.close()
segment.unlink()
