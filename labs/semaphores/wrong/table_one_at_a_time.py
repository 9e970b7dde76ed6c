# stuck: one at a time, and so the two across cannot roll together
def semaphores(seats):
    return {"table": 1}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    s.table.P()


def put_back(s, n, me, seats):
    s.table.V()
