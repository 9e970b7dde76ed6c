# The mutex is kept while the large tray bakes: no other large one could come in anyway.
semaphores = {"place": 2, "large": 1}


def bake_small(s, tray):
    with s.place.held():
        tray()


def bake_large(s, tray):
    with s.large.held(), s.place.held(), s.place.held():
        tray()
