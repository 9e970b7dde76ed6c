# differs: a global variable remembers the decision, and dies with its process
semaphores = {"door": 1}
undo = ["door"]
numbers = {"new_shelf": 0, "new_window": 0}


decided = False


def carry_out(n):
    global decided
    if decided:
        n.shelf.store(n.new_shelf.load())
        n.window.store(n.new_window.load())
        decided = False


def move(s, n):
    global decided
    with s.door.held():
        carry_out(n)
        n.new_shelf.store(n.shelf.load() - 1)
        n.new_window.store(n.window.load() + 1)
        decided = True
        carry_out(n)


def count(s, n):
    with s.door.held():
        carry_out(n)
        return n.shelf.load(), n.window.load()
