# stuck: an exception leaves the till taken
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    s.till.P()
    shelf.store(shelf.load() - 1)
    pack()
    s.till.V()
