# Copies, then removes as many as it copied.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = list(self.notes)
        del self.notes[: len(taken)]
        return taken
