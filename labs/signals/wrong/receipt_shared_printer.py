# differs: An object that all callers share is static, too.
class Printer:
    def print(self, item, price):
        self.item, self.price = item, price
        return self.item + self.dots() + self.price

    def dots(self):
        return "." * (24 - len(self.item) - len(self.price))


printer = Printer()


def receipt(item, price):
    return printer.print(item, price)
