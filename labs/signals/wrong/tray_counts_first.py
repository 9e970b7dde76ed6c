# differs: A note that comes between counting and copying is handed out twice.
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
        count = len(self.notes)
        taken = self.notes[:]
        del self.notes[:count]
        return taken
