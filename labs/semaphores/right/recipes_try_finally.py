# The plain way, with try and finally, and .value for load and store.
semaphores = {"book": 1, "m": 1}
numbers = {"r": 0}


def before_reading(s, n):
    s.m.P()
    try:
        n.r.value += 1
        if n.r.value == 1:
            s.book.P()
    finally:
        s.m.V()


def after_reading(s, n):
    s.m.P()
    try:
        n.r.value -= 1
        if n.r.value == 0:
            s.book.V()
    finally:
        s.m.V()


def before_writing(s, n):
    s.book.P()


def after_writing(s, n):
    s.book.V()
