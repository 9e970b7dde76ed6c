# A class with an in and an out.
semaphores = {"mutex": 1, "gate_in": 0, "gate_out": 0}
numbers = {"inside": 0}


class Barrier:
    def __init__(self, s, n, size):
        self.s, self.n, self.size = s, n, size

    def enter(self):
        with self.s.mutex.held():
            self.n.inside.value += 1
            if self.n.inside.value == self.size:
                self._open(self.s.gate_in)
        self.s.gate_in.P()

    def leave(self):
        with self.s.mutex.held():
            self.n.inside.value -= 1
            if self.n.inside.value == 0:
                self._open(self.s.gate_out)
        self.s.gate_out.P()

    def _open(self, gate):
        for _ in range(self.size):
            gate.V()


def arrive(s, n, me, bakers):
    barrier = Barrier(s, n, bakers)
    barrier.enter()
    barrier.leave()
