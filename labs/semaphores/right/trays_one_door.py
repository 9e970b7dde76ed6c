# Everybody passes the same door to take places; nobody waits for a place with half of what is needed before the door.
semaphores = {"door": 1, "place": 2}


def take(s, places):
    with s.door.held():
        for _ in range(places):
            s.place.P()


def give_back(s, places):
    for _ in range(places):
        s.place.V()


def bake_small(s, tray):
    take(s, 1)
    try:
        tray()
    finally:
        give_back(s, 1)


def bake_large(s, tray):
    take(s, 2)
    try:
        tray()
    finally:
        give_back(s, 2)
