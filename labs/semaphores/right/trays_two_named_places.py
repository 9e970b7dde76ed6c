# Left and right place have a semaphore each, always taken in this order. A counter says how many small ones may ask.
semaphores = {"left": 1, "small": 2, "first": 1}


def bake_large(s, tray):
    with s.first.held():
        s.small.P()
        s.small.P()
    tray()
    s.small.V()
    s.small.V()


def bake_small(s, tray):
    s.small.P()
    try:
        tray()
    finally:
        s.small.V()
