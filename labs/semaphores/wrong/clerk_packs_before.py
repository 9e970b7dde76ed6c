# differs: packs before there is a loaf
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    pack()
    s.ready.P()
    with s.till.held():
        shelf.store(shelf.load() - 1)
