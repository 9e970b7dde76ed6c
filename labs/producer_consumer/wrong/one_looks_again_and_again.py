# busy: it waits in loops
def semaphores():
    return {}


def put(loaf, s, rack):
    while rack[0] != 0:
        pass
    rack[0] = loaf


def take(s, rack):
    while rack[0] == 0:
        pass
    loaf = rack[0]
    rack[0] = 0
    return loaf
