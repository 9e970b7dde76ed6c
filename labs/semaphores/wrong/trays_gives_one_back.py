# stuck: one of the two places is never given back
semaphores = {"place": 2, "large": 1}


def bake_small(s, tray):
    with s.place.held():
        tray()


def bake_large(s, tray):
    s.large.P()
    s.place.P()
    s.place.P()
    s.large.V()
    tray()
    s.place.V()
