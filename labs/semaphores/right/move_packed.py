# Both counts packed into one number. 0: not begun yet.
semaphores = {"door": 1}
undo = ["door"]
numbers = {"packed": 0}


BASE = 1_000_000


def unpacked(n):
    packed = n.packed.load() or n.shelf.load() * BASE + n.window.load()
    return divmod(packed, BASE)


def move(s, n):
    with s.door.held():
        shelf, window = unpacked(n)
        n.packed.store((shelf - 1) * BASE + window + 1)


def count(s, n):
    with s.door.held():
        return unpacked(n)
