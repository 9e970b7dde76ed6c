# busy: the writer looks again and again whether readers are there
semaphores = {"mutex": 1}
numbers = {"readers": 0}


def before_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() + 1)


def after_reading(s, n):
    with s.mutex.held():
        n.readers.store(n.readers.load() - 1)


def before_writing(s, n):
    s.mutex.P()
    while n.readers.load():
        s.mutex.V()
        s.mutex.P()


def after_writing(s, n):
    s.mutex.V()
