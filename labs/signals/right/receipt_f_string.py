# One expression.
WIDTH = 24                       # static, but nobody ever changes it


def receipt(item: str, price: str) -> str:
    return f"{item:.<{WIDTH - len(price)}}{price}"
