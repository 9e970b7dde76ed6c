"""A header with a version: the old and the new can talk."""

import struct

OLD, NEW = "=BH", "=BHI"     # version, length; and a time limit


def pack(version, payload, limit=0):
    more = (limit,) if version == 2 else ()
    form = {1: OLD, 2: NEW}[version]
    return struct.pack(form, version, len(payload), *more) + payload


def unpack(message):
    version = message[0]
    if version not in (1, 2):
        return f"version {version} is not known here"
    form = {1: OLD, 2: NEW}[version]
    _, length, *limit = struct.unpack_from(form, message)
    payload = message[struct.calcsize(form):]
    return payload[:length].decode(), *limit


for message in [pack(1, b"hi"), pack(2, b"hi", 30), b"\x07??"]:
    print(unpack(message))
