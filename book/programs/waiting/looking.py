"""Three ways to a result: wait for it, look for it, be called with it."""

import os
import select
import selectors


def answer(when):
    """A process that answers when it has read a byte from `when`."""
    r, w = os.pipe()
    if os.fork() == 0:
        os.read(when, 1)
        os.write(w, b"42")
        os._exit(0)
    return r


when, go = os.pipe()

r = answer(when)
os.write(go, b".")
print("waited:", os.read(r, 2))

r, looks = answer(when), 0
while not select.select([r], [], [], 0)[0]:     # is it there? and now?
    looks += 1
    if looks == 1000:
        os.write(go, b".")                      # not before the thousandth
print("looked:", os.read(r, 2), "in vain at least 1000 times:", looks >= 1000)

loop, r = selectors.DefaultSelector(), answer(when)
loop.register(r, selectors.EVENT_READ, lambda: os.read(r, 2))
os.write(go, b".")
for key, _ in loop.select():                    # one loop, many callbacks
    print("called:", key.data())
