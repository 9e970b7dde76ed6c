# failed: Nothing is taken out any more, but the basket is still the customer's.
def total(basket):
    basket.sort()
    return sum(basket[:-1]) + basket[-1] // 2
