# differs: the writer opens the door again before it writes, and a writer comes in with the book free
semaphores = {"book": 0, "mutex": 1, "door": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    with s.door.held():
        pass
    with s.mutex.held():
        n.readers.store(n.readers.load() + 1)


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    s.door.P()
    if n.readers.load():
        s.book.P()


def after_writing(s, n):
    s.door.V()
