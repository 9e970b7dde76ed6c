# stuck: a mutex is fair, but nobody reads together
semaphores = {"book": 1}
numbers = {}


def before_reading(s, n):
    s.book.P()


def after_reading(s, n):
    s.book.V()


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
