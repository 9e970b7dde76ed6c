# differs: A copy is not a take.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = self.notes[:]
        self.notes = []
        return taken
