# failed: Wrong before any signal comes.
def receipt(item, price):
    return item + "." * (25 - len(item) - len(price)) + price
