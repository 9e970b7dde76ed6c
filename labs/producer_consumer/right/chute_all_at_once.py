# one write for all rolls of a baker
from struct import pack, unpack


def bake(rolls, writer):
    if rolls:
        writer.write(pack(f"{len(rolls)}H", *rolls))


def sell(reader, writer):
    with writer:
        pass                                # closes it
    rolls = b"".join(iter(reader.read, b""))
    return list(unpack(f"{len(rolls) // 2}H", rolls))
