# differs: a turnstile that is never shut again
semaphores = {"mutex": 1, "turnstile": 0}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        n.here.store((n.here.load() + 1) % bakers)
        if n.here.load() == 0:
            s.turnstile.V()
    s.turnstile.P()
    s.turnstile.V()
