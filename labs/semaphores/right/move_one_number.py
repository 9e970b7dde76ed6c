# One number says it all, and to store it is one step.
semaphores = {"door": 1}
undo = ["door"]
numbers = {"moved": 0}


def move(s, n):
    with s.door.held():
        n.moved.store(n.moved.load() + 1)


def count(s, n):
    moved = n.moved.load()
    return n.shelf.load() - moved, n.window.load() + moved
