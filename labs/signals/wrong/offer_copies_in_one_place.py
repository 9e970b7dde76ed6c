# differs: A copy, but all calls make it in the same list.
copy = []


def total(basket):
    copy.clear()
    copy.extend(basket)
    copy.sort()
    dearest = copy.pop()
    return sum(copy) + dearest // 2
