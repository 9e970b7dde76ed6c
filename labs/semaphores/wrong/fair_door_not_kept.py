# differs: the writer only looks in at the door, and does not keep it
semaphores = {"book": 1, "mutex": 1, "door": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    with s.door.held():
        pass
    with s.mutex.held():
        n.readers.store(n.readers.load() + 1)
        if n.readers.load() == 1:
            s.book.P()


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    with s.door.held():
        pass
    s.book.P()


def after_writing(s, n):
    s.book.V()
