"""What print has not written yet is memory, too, and fork copies it."""

import os
import tempfile

with tempfile.TemporaryFile("w+") as file:
    print("once", file=file)                # still in the library's buffer
    if os.fork() == 0:
        file.close()                        # writes what is in the buffer
        os._exit(0)
    os.wait()
    file.flush()                            # and so does this
    file.seek(0)
    print(file.read().split())
