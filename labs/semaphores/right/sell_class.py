# A class with the semaphore and the number.
semaphores = {"counter": 1, "spare": 5}


class Stock:
    def __init__(self, mutex, left):
        self.mutex, self.left = mutex, left

    def __enter__(self):
        self.mutex.P()
        return self

    def __exit__(self, *error):
        self.mutex.V()

    def take(self):
        if self.left.load() < 1:
            return False
        self.left.store(self.left.load() - 1)
        return True


def sell(s, cakes):
    with Stock(s.counter, cakes) as stock:
        return stock.take()
