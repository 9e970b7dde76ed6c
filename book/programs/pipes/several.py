"""One reader, several pipes: which one has something?"""

import os
import selectors

ready = selectors.DefaultSelector()
go_r, go_w = os.pipe()             # the shy child waits for a sign


def child(name: str, shy: bool) -> None:
    r, w = os.pipe()
    if os.fork() == 0:
        if shy:
            os.read(go_r, 1)
        os.write(w, b"here I am")
        os._exit(0)
    os.close(w)
    ready.register(r, selectors.EVENT_READ, name)


child("shy", shy=True)
child("bold", shy=False)
while ready.get_map():
    for key, _ in ready.select():  # sleeps until one is readable
        data = os.read(key.fd, 100)
        print(f"{key.data}: {data.decode() or 'the end'}")
        if not data:
            ready.unregister(key.fd)
            if key.data == "bold":
                os.write(go_w, b".")
for _ in range(2):
    os.wait()
