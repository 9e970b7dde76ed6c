# differs: the place is given back before the tray is out
semaphores = {"place": 2, "large": 1}


def bake_small(s, tray):
    s.place.P()
    s.place.V()
    tray()


def bake_large(s, tray):
    with s.large.held():
        s.place.P()
        s.place.P()
    tray()
    s.place.V()
    s.place.V()
