"""A segment cannot be unmapped while somebody looks at it."""

from multiprocessing.shared_memory import SharedMemory

memory = SharedMemory(create=True, size=16)
numbers = memory.buf.cast("q")          # as two 64-bit numbers
numbers[0] = 7
try:
    memory.close()
except BufferError as error:
    print("close:", error)
numbers.release()
memory.close()
print("released, and closed")
memory.unlink()
