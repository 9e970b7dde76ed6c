"""Permission is checked when a name is opened, and then no more."""

import os
import tempfile

with tempfile.NamedTemporaryFile() as file:
    file.write(b"a secret")
    file.flush()
    os.chmod(file.name, 0o644)                   # all may read
    (r, ready), (wait, go) = os.pipe(), os.pipe()
    if os.fork() == 0:
        if os.geteuid() == 0:
            os.setuid(65534)                     # root may do everything
        before = os.open(file.name, os.O_RDONLY)
        os.write(ready, b".")
        os.read(wait, 1)
        print("opened before:", os.read(before, 100).decode())
        try:
            os.open(file.name, os.O_RDONLY)
        except PermissionError as error:
            print("opened anew:  ", error.strerror, flush=True)
        os._exit(0)

    os.read(r, 1)
    os.chmod(file.name, 0)                       # now nobody may
    os.write(go, b".")
    os.wait()
