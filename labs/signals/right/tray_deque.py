# A deque, emptied note by note.
from collections import deque


class Tray:
    def __init__(self):
        self.notes = deque()

    def put(self, note):
        self.notes.append(note)

    def take(self):
        taken = []
        while self.notes:
            taken.append(self.notes.popleft())
        return taken
