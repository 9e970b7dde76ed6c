# differs: what is left is carried out by adding, and twice is not once
semaphores = {"door": 1}
undo = ["door"]
numbers = {"decided": 0}


def carry_out(n):
    if n.decided.load():
        n.shelf.store(n.shelf.load() - 1)
        n.window.store(n.window.load() + 1)
        n.decided.store(0)


def move(s, n):
    with s.door.held():
        carry_out(n)
        n.decided.store(1)
        carry_out(n)


def count(s, n):
    with s.door.held():
        carry_out(n)
        return n.shelf.load(), n.window.load()
