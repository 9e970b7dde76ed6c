# stuck: V in finally as well as after pack, and the till has one too many
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    try:
        s.till.P()
        shelf.store(shelf.load() - 1)
        pack()
        s.ready.V()
    finally:
        s.till.V()
