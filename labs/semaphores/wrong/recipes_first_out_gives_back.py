# stuck: the first to go gives the book back while others still read, and the last one does not
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
        if n.readers.load() == 1:
            s.book.V()


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
