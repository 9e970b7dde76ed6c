# differs: the old values are noted only after the first change
semaphores = {"door": 1}
undo = ["door"]
numbers = {"old_shelf": 0, "old_window": 0, "at_work": 0}


def take_back(n):
    if n.at_work.load():
        n.shelf.store(n.old_shelf.load())
        n.window.store(n.old_window.load())
        n.at_work.store(0)


def move(s, n):
    with s.door.held():
        take_back(n)
        shelf, window = n.shelf.load(), n.window.load()
        n.shelf.store(shelf - 1)
        n.old_shelf.store(shelf)
        n.old_window.store(window)
        n.at_work.store(1)
        n.window.store(window + 1)
        n.at_work.store(0)


def count(s, n):
    with s.door.held():
        take_back(n)
        return n.shelf.load(), n.window.load()
