# stuck: a chain; the bowl is washed only when the cake is baked
semaphores = {"turn": [0, 0, 0, 0]}


def mix(s, work):
    work()
    s.turn[0].V()


def heat(s, work):
    work()
    s.turn[1].V()


def bake(s, work):
    s.turn[0].P()
    s.turn[1].P()
    work()
    s.turn[2].V()


def wash(s, work):
    s.turn[2].P()
    work()
    s.turn[3].V()


def ice(s, work):
    s.turn[3].P()
    work()
