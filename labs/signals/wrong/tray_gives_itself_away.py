# failed: The batch and the tray are the same list.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = self.notes
        self.notes.clear()
        return taken
