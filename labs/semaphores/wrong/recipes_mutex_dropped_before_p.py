# differs: the mutex is given back between counting and the P, so the second reader comes in while the first waits
semaphores = {"book": 1, "mutex": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    with s.mutex.held():
        readers = n.readers.load() + 1
        n.readers.store(readers)
    if readers == 1:
        s.book.P()


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
