# stuck: the reader takes the door inside the mutex, and whoever wants to go cannot get the mutex
semaphores = {"book": 1, "mutex": 1, "door": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    with s.mutex.held():
        s.door.P()
        n.readers.store(n.readers.load() + 1)
        if n.readers.load() == 1:
            s.book.P()
        s.door.V()


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    s.door.P()
    s.book.P()


def after_writing(s, n):
    s.book.V()
    s.door.V()
