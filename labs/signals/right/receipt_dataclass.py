# An object for each receipt.
from dataclasses import dataclass, field


@dataclass
class Receipt:
    item: str
    price: str
    width: int = 24
    parts: list = field(default_factory=list)

    def __str__(self):
        self.parts += [self.item, self.price.rjust(self.width - len(self.item), ".")]
        return "".join(self.parts)


def receipt(item, price):
    return str(Receipt(item, price))
