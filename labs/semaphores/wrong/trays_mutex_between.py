# stuck: the mutex is given back between the two P's, so both can hold one place
semaphores = {"place": 2, "large": 1}


def bake_small(s, tray):
    with s.place.held():
        tray()


def bake_large(s, tray):
    for _ in range(2):
        with s.large.held():
            s.place.P()
    tray()
    for _ in range(2):
        s.place.V()
