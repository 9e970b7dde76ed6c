# stuck: takes the till first, and then waits for a loaf that nobody can put on the shelf
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    with s.till.held():
        s.ready.P()
        shelf.store(shelf.load() - 1)
        try:
            pack()
        except Exception:
            shelf.store(shelf.load() + 1)
            s.ready.V()
            raise
