# differs: A loop over a fixed number leaves what came later, and then throws it away.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = []
        for _ in range(len(self.notes)):
            taken.append(self.notes.pop(0))
        self.notes.clear()
        return taken
