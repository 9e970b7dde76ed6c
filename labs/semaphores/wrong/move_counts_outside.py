# differs: the pair is read in two steps without the door
semaphores = {"door": 1}
undo = ["door"]
numbers = {"new_shelf": 0, "new_window": 0, "decided": 0}


def carry_out(n):
    if n.decided.load():
        n.shelf.store(n.new_shelf.load())
        n.window.store(n.new_window.load())
        n.decided.store(0)


def move(s, n):
    with s.door.held():
        carry_out(n)
        n.new_shelf.store(n.shelf.load() - 1)
        n.new_window.store(n.window.load() + 1)
        n.decided.store(1)
        carry_out(n)


def count(s, n):
    with s.door.held():
        carry_out(n)
    return n.shelf.load(), n.window.load()
