# raised: The exception is caught customer by customer, but between two of them nobody catches it.
class ClosingTime(Exception):
    pass


class Shop:
    def __init__(self, loaves):
        self.loaves, self.money = loaves, 0

    def on_closing_time(self, signum, frame):
        raise ClosingTime

    def serve(self, customers):
        for customer in customers:
            try:
                self.loaves, self.money = self.loaves - 1, self.money + 4
            except ClosingTime:
                return
