# differs: small trays do not ask whether there is a place
semaphores = {"oven": 1}


def bake_small(s, tray):
    tray()


def bake_large(s, tray):
    with s.oven.held():
        tray()
