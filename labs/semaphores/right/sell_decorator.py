# A decorator makes any function one at a time.
import functools

semaphores = {"counter": 1}


def one_at_a_time(function):
    @functools.wraps(function)
    def guarded(s, *rest):
        with s.counter.held():
            return function(s, *rest)
    return guarded


@one_at_a_time
def sell(s, cakes):
    left = cakes.load()
    cakes.store(left - (left > 0))
    return left > 0
