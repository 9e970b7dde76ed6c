# differs: there is no third place
semaphores = {"place": 3}


def bake_small(s, tray):
    s.place.P()
    tray()
    s.place.V()


def bake_large(s, tray):
    s.place.P()
    s.place.P()
    tray()
    s.place.V()
    s.place.V()
