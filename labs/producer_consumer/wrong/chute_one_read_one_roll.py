# differs: what comes after the first roll of a read is thrown away
def bake(rolls, writer):
    """Send all rolls down the chute."""
    for roll in rolls:
        writer.write(roll.to_bytes(4, "big"))


def sell(reader, writer):
    """All rolls that come, until no more can come."""
    writer.close()
    sold = []
    while record := reader.read(100):
        sold.append(int.from_bytes(record[:4], "big"))
    return sold
