# First come, first served: everybody draws a ticket and waits for its number.
semaphores = {"mutex": 1, "turn": [1, 0, 0, 0, 0, 0, 0, 0], "book": 1, "count": 1}
numbers = {"ticket": 0, "readers": 0}


def queue(s, n):
    with s.mutex.held():
        mine = n.ticket.load()
        n.ticket.store(mine + 1)
    s.turn[mine % 8].P()
    return s.turn[(mine + 1) % 8]


def before_reading(s, n):
    following = queue(s, n)
    with s.count.held():
        n.readers.store(n.readers.load() + 1)
        if n.readers.load() == 1:
            s.book.P()
    following.V()


def after_reading(s, n):
    with s.count.held():
        n.readers.store(n.readers.load() - 1)
        if n.readers.load() == 0:
            s.book.V()


def before_writing(s, n):
    following = queue(s, n)
    s.book.P()
    following.V()


def after_writing(s, n):
    s.book.V()
