# Writers come first: the first of them shuts the door for the readers, the last opens it (Courtois, Heymans, Parnas).
semaphores = {"book": 1, "door": 1, "r": 1, "w": 1}
numbers = {"readers": 0, "writers": 0}


class Crowd:
    """The first who comes does P, the last who goes does V."""

    def __init__(self, mutex, number, semaphore):
        self.mutex, self.number, self.semaphore = mutex, number, semaphore

    def come(self):
        with self.mutex.held():
            self.number.store(self.number.load() + 1)
            if self.number.load() == 1:
                self.semaphore.P()

    def go(self):
        with self.mutex.held():
            self.number.store(self.number.load() - 1)
            if self.number.load() == 0:
                self.semaphore.V()


def before_reading(s, n):
    with s.door.held():
        Crowd(s.r, n.readers, s.book).come()


def after_reading(s, n):
    Crowd(s.r, n.readers, s.book).go()


def before_writing(s, n):
    Crowd(s.w, n.writers, s.door).come()
    s.book.P()


def after_writing(s, n):
    s.book.V()
    Crowd(s.w, n.writers, s.door).go()
