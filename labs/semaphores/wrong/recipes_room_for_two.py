# differs: two writers at a time
semaphores = {"book": 2}
numbers = {}


def before_reading(s, n):
    s.book.P()


def after_reading(s, n):
    s.book.V()


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
