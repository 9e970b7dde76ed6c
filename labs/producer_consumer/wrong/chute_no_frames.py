# differs: two rolls come out as one number
def bake(rolls, writer):
    """Send all rolls down the chute."""
    for roll in rolls:
        writer.write(str(roll).encode())


def sell(reader, writer):
    """All rolls that come, until no more can come."""
    writer.close()
    sold = []
    while record := reader.read(100):
        sold.append(int(record))
    return sold
