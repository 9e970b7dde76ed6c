# differs: Whoever begins to serve puts the flag down, also when it was raised just before.
class Shop:
    def __init__(self, loaves):
        self.loaves = loaves
        self.money = 0
        self.closing = False

    def on_closing_time(self, signum, frame):
        self.closing = True

    def serve(self, customers):

        self.closing = False
        for customer in customers:
            if self.closing:
                break
            self.loaves -= 1
            self.money += 4
