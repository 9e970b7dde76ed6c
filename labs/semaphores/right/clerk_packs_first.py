# Packs first, and takes the loaf from the shelf only when that went well.
semaphores = {"till": 1, "ready": 0}
undo = ["till"]


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


def sell(s, shelf, pack):
    s.ready.P()
    s.till.P()
    try:
        pack()
        shelf.store(shelf.load() - 1)
    except BaseException:
        s.ready.V()
        raise
    finally:
        s.till.V()
