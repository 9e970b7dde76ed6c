# a record
from struct import pack, unpack

RECORD = "<q"


def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(pack(RECORD, loaf))


def take(s, belt):
    loaf, = unpack(RECORD, belt.receive())
    return loaf if loaf > 0 else None


def close(sellers, s, belt):
    left = sellers
    while left:
        put(-1, s, belt)
        left -= 1
