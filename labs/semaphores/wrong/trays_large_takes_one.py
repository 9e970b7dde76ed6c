# differs: a large tray takes both places
semaphores = {"place": 2}


def bake_small(s, tray):
    with s.place.held():
        tray()


bake_large = bake_small
