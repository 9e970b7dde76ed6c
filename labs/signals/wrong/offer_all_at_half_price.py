# failed: Wrong before any signal comes.
def total(basket):
    return sum(price // 2 for price in basket)
