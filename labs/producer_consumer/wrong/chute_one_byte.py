# raised: a number above 255 does not fit into a byte
def bake(rolls, writer):
    """Send all rolls down the chute."""
    for roll in rolls:
        writer.write(roll.to_bytes(1, "big"))


def sell(reader, writer):
    """All rolls that come, until no more can come."""
    writer.close()
    sold = []
    while record := reader.read(1):
        sold.append(int.from_bytes(record, "big"))
    return sold
