# differs: another baker's bytes come in between the two halves
def bake(rolls, writer):
    """Send all rolls down the chute."""
    for roll in rolls:
        writer.write((roll // 256).to_bytes(2, "big"))
        writer.write((roll % 256).to_bytes(2, "big"))


def sell(reader, writer):
    """All rolls that come, until no more can come."""
    writer.close()
    sold = []
    while record := reader.read(4):
        sold.append(256 * int.from_bytes(record[:2], "big") + int.from_bytes(record[2:], "big"))
    return sold
