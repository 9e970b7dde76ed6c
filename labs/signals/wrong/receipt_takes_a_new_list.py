# differs: A new list each time, but under a name that all share.
parts = []


def receipt(item, price):
    global parts
    parts = [item]
    parts.append("." * (24 - len(item) - len(price)))
    parts.append(price)
    return "".join(parts)
