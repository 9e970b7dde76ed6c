# stuck: takes one place first, and then waits for the mutex with it in the hand
semaphores = {"place": 2, "large": 1}


def bake_small(s, tray):
    with s.place.held():
        tray()


def bake_large(s, tray):
    s.place.P()
    with s.large.held():
        s.place.P()
    tray()
    s.place.V()
    s.place.V()
