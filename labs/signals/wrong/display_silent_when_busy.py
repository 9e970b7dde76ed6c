# differs: The error is swallowed, and so is the line.
class Display:
    def __init__(self, screen):
        self.screen = screen

    def show(self, text):
        print(text, file=self.screen, flush=True)

    def on_ring(self, signum, frame):
        try:
            print("telephone", file=self.screen, flush=True)
        except RuntimeError:
            pass
