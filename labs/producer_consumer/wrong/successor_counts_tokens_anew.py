# differs: while Ann counts the tokens anew, the baker is about to take or to give one
from ipclab.errors import WouldBlock
BAKED, SOLD = 0, 1


def semaphores(places):
    return {"empty": places, "full": 0}


def put(loaf, s, rack, slate, journal):
    s.empty.P()
    n = slate[BAKED]
    rack[n % len(rack)] = loaf
    slate[BAKED] = n + 1
    s.full.V()


def sell(s, rack, slate, journal):
    s.full.P()
    n = slate[SOLD]
    journal[n] = rack[n % len(rack)]
    slate[SOLD] = n + 1
    s.empty.V()


def recover(s, rack, slate, journal):
    inside = slate[BAKED] - slate[SOLD]
    begin_with(s.full, inside)
    begin_with(s.empty, len(rack) - inside)
    return slate[SOLD]


def begin_with(semaphore, value):
    try:
        while True:
            semaphore.P_nowait()
    except WouldBlock:
        for _ in range(value):
            semaphore.V()
