# A generator of the pieces.
def pieces(item, price):
    yield item
    for _ in range(24 - len(item) - len(price)):
        yield "."
    yield price


def receipt(item, price):
    return "".join(pieces(item, price))
