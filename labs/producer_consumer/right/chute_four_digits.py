# text of four digits
def bake(rolls, writer):
    for roll in rolls:
        writer.write(b"%04d" % roll)


def sell(reader, writer):
    writer.close()
    text = reader.read_all().decode()
    return [int(text[start:start + 4]) for start in range(0, len(text), 4)]
