# differs: the exception is swallowed
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    with s.till.held():
        try:
            pack()
            shelf.store(shelf.load() - 1)
        except Exception:
            s.ready.V()
