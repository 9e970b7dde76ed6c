# One semaphore for each arrow of the plan.
ARROWS = {"mix": ["wash", "bake"], "heat": ["bake"], "bake": ["ice"]}
semaphores = {f"{first}_{then}": 0 for first, followers in ARROWS.items() for then in followers}


def mix(s, work):
    work()
    s.mix_wash.V()
    s.mix_bake.V()


def heat(s, work):
    work()
    s.heat_bake.V()


def wash(s, work):
    s.mix_wash.P()
    work()


def bake(s, work):
    s.heat_bake.P()                     # the order of the two P's does not matter
    s.mix_bake.P()
    work()
    s.bake_ice.V()


def ice(s, work):
    s.bake_ice.P()
    work()
