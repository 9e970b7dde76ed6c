# A lightswitch as a class; the last value stays in a variable.
semaphores = {"room_empty": 1, "switch": 1}
numbers = {"inside": 0}


class Lightswitch:
    def __init__(self, mutex, inside, room):
        self.mutex, self.inside, self.room = mutex, inside, room

    def on(self):
        with self.mutex.held():
            now = self.inside.load() + 1
            self.inside.store(now)
            if now == 1:
                self.room.P()

    def off(self):
        self.mutex.P()
        now = self.inside.load() - 1
        self.inside.store(now)
        self.mutex.V()
        if now == 0:
            self.room.V()               # outside the mutex is just as well: the count says who it is


def before_reading(s, n):
    Lightswitch(s.switch, n.inside, s.room_empty).on()


def after_reading(s, n):
    Lightswitch(s.switch, n.inside, s.room_empty).off()


def before_writing(s, n):
    s.room_empty.P()


def after_writing(s, n):
    s.room_empty.V()
