# Only reads, with local variables.
def total(basket):
    cents, dearest = 0, 0
    for price in basket:
        cents += price
        dearest = max(dearest, price)
    return cents - dearest + dearest // 2
