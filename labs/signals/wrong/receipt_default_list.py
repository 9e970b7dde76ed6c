# differs: A default value is one object for all calls.
def receipt(item, price, parts=[]):
    parts.append(item)
    parts.append("." * (24 - len(item) - len(price)))
    parts.append(price)
    text = "".join(parts)
    return text[-24:] if len(parts) == 3 else text
