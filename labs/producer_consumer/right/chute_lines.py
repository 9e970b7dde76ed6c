# one line a roll, and a buffer for what is not yet a line
def bake(rolls, writer):
    for roll in rolls:
        writer.write(f"{roll}\n".encode())
    writer.close()


def sell(reader, writer):
    writer.close()
    text, sold = b"", []
    while piece := reader.read():
        *lines, text = (text + piece).split(b"\n")
        sold += map(int, lines)
    return sold
