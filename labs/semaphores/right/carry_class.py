# A class for one side.
semaphores = {"came": [0, 0]}


class Side:
    def __init__(self, s, me):
        self.mine, self.theirs = s.came[me], s.came[1 - me]

    def tell(self):
        self.mine.V()

    def wait(self):
        self.theirs.P()


def meet(s, me):
    side = Side(s, me)
    side.tell()
    side.wait()
