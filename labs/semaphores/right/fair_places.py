# A writer takes all places, one after the other: each that a reader gives back is the writer's. No number is needed.
semaphores = {"place": 4, "writer": 1}
numbers = {}


def before_reading(s, n):
    with s.writer.held():
        s.place.P()


def after_reading(s, n):
    s.place.V()


def before_writing(s, n):
    s.writer.P()
    for _ in range(4):
        s.place.P()


def after_writing(s, n):
    for _ in range(4):
        s.place.V()
    s.writer.V()
