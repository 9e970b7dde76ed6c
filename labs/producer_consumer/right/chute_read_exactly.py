# two bytes, until the end comes instead
from ipclab.errors import Closed


def bake(rolls, writer):
    for roll in rolls:
        writer.write(roll.to_bytes(2, "little"))


def records(reader):
    while True:
        try:
            yield reader.read_exactly(2)
        except Closed:
            return


def sell(reader, writer):
    writer.close()
    return [int.from_bytes(record, "little") for record in records(reader)]
