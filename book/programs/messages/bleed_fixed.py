"""An echo that compares what the header says with what came."""

import struct

buffer = bytearray(64)
buffer[2:30] = b"the last client's password: "


def echo(message):
    buffer[:len(message)] = message
    (length,) = struct.unpack_from("=H", buffer)
    if length != len(message) - 2:
        return "refused"
    return bytes(buffer[2:2 + length])


print(echo(struct.pack("=H", 2) + b"hi"))
print(echo(struct.pack("=H", 26) + b"hi"))
