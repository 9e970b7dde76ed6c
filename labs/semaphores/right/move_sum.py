# Loaves do not vanish: the sum says what is missing.
semaphores = {"door": 1}
undo = ["door"]
numbers = {"all": 0}


def mend(n):
    if n.all.load() == 0:
        n.all.store(n.shelf.load() + n.window.load())
    n.window.store(n.all.load() - n.shelf.load())


def move(s, n):
    s.door.P()
    try:
        mend(n)
        n.shelf.store(n.shelf.load() - 1)
        mend(n)
    finally:
        s.door.V()


def count(s, n):
    s.door.P()
    try:
        mend(n)
        return [n.shelf.load(), n.window.load()]
    finally:
        s.door.V()
