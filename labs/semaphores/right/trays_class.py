# An object for so many places.
semaphores = {"mutex": 1, "free": 2}


class Places:
    def __init__(self, s, count):
        self.s, self.count = s, count

    def __enter__(self):
        with self.s.mutex.held():
            for _ in range(self.count):
                self.s.free.P()

    def __exit__(self, *error):
        for _ in range(self.count):
            self.s.free.V()


def bake_small(s, tray):
    with Places(s, 1):
        tray()


def bake_large(s, tray):
    with Places(s, 2):
        tray()
