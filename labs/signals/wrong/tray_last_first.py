# failed: The notes come out in the wrong order.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = []
        while self.notes:
            taken.append(self.notes.pop())
        return taken
