# Packs outside the till: first takes the loaf, and brings it back if need be.
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def put(s, shelf, loaves):
    with s.till.held():
        shelf.store(shelf.load() + loaves)


def bake(s, shelf):
    put(s, shelf, 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    put(s, shelf, -1)
    try:
        pack()
    except ValueError:
        bake(s, shelf)
        raise
