# differs: one guards the reading, another the writing
semaphores = {"look": 1, "write": 1}


def sell(s, cakes):
    with s.look.held():
        left = cakes.load()
    if left == 0:
        return False
    with s.write.held():
        cakes.store(left - 1)
    return True
