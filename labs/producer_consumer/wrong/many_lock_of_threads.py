# refused: a lock of threads excludes no other process
import threading

lock = threading.Lock()


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with lock:
        rack[first(rack, taken=False)] = loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with lock:
        place = first(rack, taken=True)
        loaf = rack[place]
        rack[place] = 0
    s.empty.V()
    return loaf


def first(rack, taken):
    """The first place that is taken, or the first that is free, which holds 0; the last place if there is none."""
    place = 0
    while place < len(rack) - 1 and (rack[place] != 0) != taken:
        place += 1
    return place
