# differs: The copy is made of a basket that has been changed.
def total(basket):
    dearest = max(basket)
    basket.remove(dearest)
    rest = list(basket)
    basket.append(dearest)
    return sum(rest) + dearest // 2
