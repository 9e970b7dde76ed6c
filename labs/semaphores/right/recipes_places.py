# So many places that nobody counts them; a writer takes all, one writer at a time.
semaphores = {"place": 5, "writer": 1}
numbers = {}


def before_reading(s, n):
    s.place.P()


def after_reading(s, n):
    s.place.V()


def before_writing(s, n):
    with s.writer.held():
        for _ in range(5):
            s.place.P()


def after_writing(s, n):
    for _ in range(5):
        s.place.V()
