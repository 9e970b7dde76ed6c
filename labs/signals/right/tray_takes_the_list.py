# The whole list is taken away and a new one put in its place.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = self.notes
        self.notes = []
        return taken
