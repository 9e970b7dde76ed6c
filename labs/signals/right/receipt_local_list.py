# The list becomes local.
def receipt(item, price):
    parts = []
    parts.append(item)
    parts.append("." * (24 - len(item) - len(price)))
    parts.append(price)
    return "".join(parts)
