# Looks first, and only then calls the next customer in.
class Shop:
    def __init__(self, loaves):
        self.loaves, self.money, self.open = loaves, 0, True

    def on_closing_time(self, signum, frame):
        self.open = False

    def serve(self, customers):
        line = iter(customers)
        while self.open:
            try:
                next(line)
            except StopIteration:
                return
            self.loaves -= 1
            self.money += 4
