"""MAP_SHARED or MAP_PRIVATE: whose memory is it after fork?"""

import mmap
import os

shared = mmap.mmap(-1, 1, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
private = mmap.mmap(-1, 1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

child = os.fork()
if child == 0:
    shared[0] += 1
    private[0] += 1
    os._exit(0)

os.waitpid(child, 0)
print("MAP_SHARED: ", shared[0])
print("MAP_PRIVATE:", private[0])
