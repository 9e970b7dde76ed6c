# differs: readers do not keep writers out
semaphores = {"book": 1}
numbers = {}


def before_reading(s, n):
    s.book.P()
    s.book.V()


def after_reading(s, n):
    pass


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
