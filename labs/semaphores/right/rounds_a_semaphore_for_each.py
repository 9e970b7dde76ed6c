# Nobody can take a V that is meant for another: each baker has a semaphore for each other one.
semaphores = {"from_0": [0, 0, 0], "from_1": [0, 0, 0], "from_2": [0, 0, 0]}
numbers = {}


def arrive(s, n, me, bakers):
    tells = [s.from_0, s.from_1, s.from_2]
    for other in range(bakers):
        if other != me:
            tells[me][other].V()
    for other in range(bakers):
        if other != me:
            tells[other][me].P()
