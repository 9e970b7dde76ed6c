# differs: puts back outside the till
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    with s.till.held():
        shelf.store(shelf.load() - 1)
        try:
            pack()
        except Exception:
            shelf.store(shelf.load() + 1)
            s.ready.V()
            raise

