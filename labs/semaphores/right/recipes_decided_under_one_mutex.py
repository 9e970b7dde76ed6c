# Under one mutex it is decided who may go on, and everybody waits at a semaphore of their kind.
semaphores = {"mutex": 1, "readers_go": 0, "writers_go": 0}
numbers = {"reading": 0, "writing": 0, "readers_wait": 0, "writers_wait": 0}


def decide(s, n):
    """Let in whoever may; under the mutex."""
    if n.writing.load() == 0:
        if n.readers_wait.load() == 0 and n.reading.load() == 0 and n.writers_wait.load() > 0:
            n.writers_wait.store(n.writers_wait.load() - 1)
            n.writing.store(1)
            s.writers_go.V()
        while n.readers_wait.load() > 0 and n.writing.load() == 0:
            n.readers_wait.store(n.readers_wait.load() - 1)
            n.reading.store(n.reading.load() + 1)
            s.readers_go.V()


def change(s, n, number, by):
    with s.mutex.held():
        number.store(number.load() + by)
        decide(s, n)


def before_reading(s, n):
    change(s, n, n.readers_wait, 1)
    s.readers_go.P()


def after_reading(s, n):
    change(s, n, n.reading, -1)


def before_writing(s, n):
    change(s, n, n.writers_wait, 1)
    s.writers_go.P()


def after_writing(s, n):
    change(s, n, n.writing, -1)
