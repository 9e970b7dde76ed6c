# sorted() makes a new list.
def total(basket):
    *others, dearest = sorted(basket)
    return sum(others) + dearest // 2
