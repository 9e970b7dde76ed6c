# stuck: a writer takes all the places one by one, and so does the other
semaphores = {"place": 3}
numbers = {}


def before_reading(s, n):
    s.place.P()


def after_reading(s, n):
    s.place.V()


def before_writing(s, n):
    for _ in range(3):
        s.place.P()


def after_writing(s, n):
    for _ in range(3):
        s.place.V()
