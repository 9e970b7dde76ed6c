# stuck: a reader keeps the door while it reads
semaphores = {"book": 1, "mutex": 1, "door": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    s.door.P()
    with s.mutex.held():
        n.readers.store(n.readers.load() + 1)
        if n.readers.load() == 1:
            s.book.P()


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()
    s.door.V()


def before_writing(s, n):
    s.door.P()
    s.book.P()


def after_writing(s, n):
    s.book.V()
    s.door.V()
