# Two mutexes, both with undo, in one order.
semaphores = {"till": 1, "shelf": 1, "ready": 0}
undo = ["shelf", "till"]


def bake(s, shelf):
    with s.shelf.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    try:
        with s.till.held(), s.shelf.held():
            left = shelf.load()
            shelf.store(left - 1)
            try:
                pack()
            except Exception:
                shelf.store(left)
                raise
    except Exception:
        s.ready.V()
        raise
