"""After fork one address means two memories."""

import os

from ipclab.kernel import address_of

number = bytearray(b"1")
child = os.fork()
if child == 0:
    number[:] = b"2"                    # the child writes
    print("child: ", number.decode(), "at", hex(address_of(number)))
    os._exit(0)

os.waitpid(child, 0)
print("parent:", number.decode(), "at", hex(address_of(number)))
