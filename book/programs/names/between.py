"""Asked about a name, and opened by the name: not the same thing."""

import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name, text in [("mine", "my own notes"), ("hidden", "the secret")]:
        with open(name, "w") as file:
            file.write(text)
    os.symlink("mine", "link")

    if os.access("link", os.R_OK):
        with open("link") as file:
            print("it was allowed to read:", file.read())
        if os.fork() == 0:                    # another process, just now
            os.symlink("hidden", "new")
            os.rename("new", "link")
            os._exit(0)
        os.wait()
        with open("link") as file:
            print("and it read:", file.read())
