# differs: one number, and no door
semaphores = {"door": 1}
undo = []
numbers = {"moved": 0}


def move(s, n):
    n.moved.store(n.moved.load() + 1)


def count(s, n):
    moved = n.moved.load()
    return n.shelf.load() - moved, n.window.load() + moved
