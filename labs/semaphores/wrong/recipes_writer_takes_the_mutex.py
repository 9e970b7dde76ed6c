# stuck: the writer takes the mutex, too, and the last reader needs it in order to go
semaphores = {"book": 1, "mutex": 1}
numbers = {"readers": 0}


def before_reading(s, n):
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
    s.mutex.P()
    s.book.P()


def after_writing(s, n):
    s.book.V()
    s.mutex.V()
