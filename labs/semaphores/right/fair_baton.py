# The baton is passed: under one mutex it is noted who waits, and whoever goes says who comes next.
semaphores = {"mutex": 1, "may_read": 0, "may_write": 0}
numbers = {"reading": 0, "writing": 0, "want_to_read": 0, "want_to_write": 0}


def more(number, by=1):
    number.store(number.load() + by)
    return number.load()


def before_reading(s, n):
    with s.mutex.held():
        at_once = n.writing.load() == 0 and n.want_to_write.load() == 0
        more(n.reading if at_once else n.want_to_read)
    if not at_once:
        s.may_read.P()


def before_writing(s, n):
    with s.mutex.held():
        at_once = n.writing.load() == 0 and n.reading.load() == 0
        more(n.writing if at_once else n.want_to_write)
    if not at_once:
        s.may_write.P()


def after_reading(s, n):
    with s.mutex.held():
        if more(n.reading, -1) == 0 and n.want_to_write.load():
            more(n.want_to_write, -1)
            more(n.writing)
            s.may_write.V()


def after_writing(s, n):
    with s.mutex.held():
        more(n.writing, -1)
        if n.want_to_read.load():
            for _ in range(n.want_to_read.load()):
                more(n.reading)
                s.may_read.V()
            n.want_to_read.store(0)
        elif n.want_to_write.load():
            more(n.want_to_write, -1)
            more(n.writing)
            s.may_write.V()
