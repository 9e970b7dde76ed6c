# Readers and writers in one queue: whoever is let in to the queue goes on only when it may.
semaphores = {"queue": 1, "book": 1, "mutex": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    s.queue.P()
    s.mutex.P()
    if n.readers.load() == 0:
        s.book.P()
    n.readers.store(n.readers.load() + 1)
    s.mutex.V()
    s.queue.V()


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    s.queue.P()
    s.book.P()
    s.queue.V()


def after_writing(s, n):
    s.book.V()
