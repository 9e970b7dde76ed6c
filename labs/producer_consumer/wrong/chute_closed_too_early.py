# raised: the baker closes after the first roll
def bake(rolls, writer):
    """Send all rolls down the chute."""
    for roll in rolls:
        writer.write(roll.to_bytes(4, "big"))
        writer.close()


def sell(reader, writer):
    """All rolls that come, until no more can come."""
    writer.close()
    sold = []
    while record := reader.read(4):
        sold.append(int.from_bytes(record, "big"))
    return sold
