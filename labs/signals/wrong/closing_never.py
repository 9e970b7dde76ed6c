# differs: The flag is raised, and nobody looks at it.
class Shop:
    def __init__(self, loaves):
        self.loaves = loaves
        self.money = 0
        self.closing = False

    def on_closing_time(self, signum, frame):
        self.closing = True

    def serve(self, customers):

        for customer in customers:
            self.loaves -= 1
            self.money += 4
