# differs: The copy is made when it is too late.
parts = []


def receipt(item, price):
    parts.clear()
    parts.append(item)
    parts.append("." * (24 - len(item) - len(price)))
    parts.append(price)
    own = list(parts)
    return "".join(own)
