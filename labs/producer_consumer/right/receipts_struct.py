# records
import struct


def deliver(loaf, me, belt):
    belt.send(struct.pack("qq", me, loaf))
    paid, = struct.unpack("q", belt.receive(10 + me))
    return paid


def buy(belt):
    me, loaf = struct.unpack("qq", belt.receive(1))
    belt.send(struct.pack("q", loaf * 3), type=10 + me)
    return loaf
