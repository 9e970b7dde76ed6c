# Two copies of the counts, and one number that says which of them counts.
semaphores = {"door": 1}
undo = ["door"]
numbers = {"shelf_2": 0, "window_2": 0, "second": 0}


class Copies:
    def __init__(self, n):
        self.n = n
        self.both = [(n.shelf, n.window), (n.shelf_2, n.window_2)]

    def now(self):
        shelf, window = self.both[self.n.second.load()]
        return shelf.load(), window.load()

    def change_to(self, shelf, window):
        other = 1 - self.n.second.load()
        for number, value in zip(self.both[other], (shelf, window)):
            number.store(value)
        self.n.second.store(other)


def move(s, n):
    with s.door.held():
        copies = Copies(n)
        shelf, window = copies.now()
        copies.change_to(shelf - 1, window + 1)


def count(s, n):
    with s.door.held():
        return Copies(n).now()
