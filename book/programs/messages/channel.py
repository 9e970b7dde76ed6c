"""A channel of our own: shared memory for the data, semaphores to wait."""

import struct
from ipclab import Semaphore, SharedMemory, process, run

HEADER = "=IH"                               # a number, the payload's length
SIZE = struct.calcsize(HEADER)


class Channel:
    def __init__(self, name):
        self.slot = SharedMemory(64)
        self.free = Semaphore(1, label=f"{name} free")
        self.full = Semaphore(0, label=f"{name} full")

    def send(self, number, payload):
        self.free.P()                        # until the slot is free
        message = struct.pack(HEADER, number, len(payload)) + payload
        self.slot.view[:len(message)] = message
        self.full.V()

    def receive(self):
        self.full.P()                        # until a message lies there
        number, length = struct.unpack_from(HEADER, self.slot.view)
        payload = bytes(self.slot.view[SIZE:SIZE + length])
        self.free.V()
        return number, payload


def sender(channel):
    for number, word in enumerate([b"one", b"after", b"another"]):
        channel.send(number, word)


def receiver(channel):
    return [channel.receive() for _ in range(3)]

if __name__ == "__main__":
    it = Channel("channel")
    print(run(process(sender, it), process(receiver, it))["receiver"].value)
