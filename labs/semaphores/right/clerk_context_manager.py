# A context manager for the loaf that is being sold.
semaphores = {"till": 1, "ready": 0}
undo = ("till",)


from contextlib import contextmanager


def bake(s, shelf):
    with s.till.held():
        shelf.store(shelf.load() + 1)
    s.ready.V()


@contextmanager
def one_loaf(s, shelf):
    s.ready.P()
    sold = False
    try:
        with s.till.held():
            shelf.value -= 1
            try:
                yield
                sold = True
            finally:
                if not sold:
                    shelf.value += 1
    finally:
        if not sold:
            s.ready.V()


def sell(s, shelf, pack):
    with one_loaf(s, shelf):
        pack()
