"""An unbounded link has a bound, too: here the size that a file may have."""

import errno
import os
import resource
import signal
import tempfile

resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)      # be told by write instead
with tempfile.TemporaryFile(buffering=0) as file:
    try:
        while True:
            os.write(file.fileno(), bytes(100_000))
    except OSError as error:
        print(errno.errorcode[error.errno], "after", file.tell(), "bytes")
