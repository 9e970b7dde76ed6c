# differs: the large tray is never baked
semaphores = {"place": 2}


def bake_small(s, tray):
    with s.place.held():
        tray()


def bake_large(s, tray):
    with s.place.held():
        pass
