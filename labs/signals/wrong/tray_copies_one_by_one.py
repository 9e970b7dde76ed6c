# differs: A note that comes after the loop and before the new list is lost.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = []
        for note in self.notes:
            taken.append(note)
        self.notes = []
        return taken
