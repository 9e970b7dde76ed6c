# differs: Another static variable, of another type.
line = ""


def receipt(item, price):
    global line
    line = item
    line += "." * (24 - len(item) - len(price))
    line += price
    return line
