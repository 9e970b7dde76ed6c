# differs: the mark of the first baker is taken for that of the last
def bake(rolls, writer):
    for roll in [*rolls, 0]:
        writer.write(roll.to_bytes(4, "big"))


def sell(reader, writer):
    sold = []
    while roll := int.from_bytes(reader.read(4), "big"):
        sold.append(roll)
    return sold
