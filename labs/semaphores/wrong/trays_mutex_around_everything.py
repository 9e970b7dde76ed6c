# stuck: small trays cannot be in together
semaphores = {"oven": 1}


def bake_small(s, tray):
    with s.oven.held():
        tray()


def bake_large(s, tray):
    with s.oven.held():
        tray()
