# stuck: undo for the message instead of the mutex
semaphores = {"till": 1, "ready": 0}
undo = ["ready"]


def bake(s, shelf):
    with s.till.held():
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

