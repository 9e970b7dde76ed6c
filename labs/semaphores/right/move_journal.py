# A journal of entries, and the number of those that are carried out.
semaphores = {"door": 1}
undo = ["door"]
numbers = {"log": [0, 0, 0, 0], "entries": 0, "done": 0}


def recover(n):
    if n.done.load() < n.entries.load():
        i = 2 * (n.done.load() % 2)
        n.shelf.store(n.log[i].load())
        n.window.store(n.log[i + 1].load())
        n.done.store(n.entries.load())


def move(s, n):
    with s.door.held():
        recover(n)
        i = 2 * (n.entries.load() % 2)
        n.log[i].store(n.shelf.load() - 1)
        n.log[i + 1].store(n.window.load() + 1)
        n.entries.store(n.entries.load() + 1)
        recover(n)


def count(s, n):
    with s.door.held():
        recover(n)
        return (n.shelf.load(), n.window.load())
