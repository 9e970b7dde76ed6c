# differs: The note comes after the last look.
class Display:
    def __init__(self, screen):
        self.screen, self.notes = screen, []

    def show(self, text):
        print(text, file=self.screen, flush=True)
        while self.notes:
            print(self.notes.pop(), file=self.screen, flush=True)

    def on_ring(self, signum, frame):
        self.notes.append("telephone")
