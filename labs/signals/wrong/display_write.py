# raised: The file's own write() fills the same buffer.
class Display:
    def __init__(self, screen):
        self.screen = screen

    def show(self, text):
        self.screen.write(text + "\n")
        self.screen.flush()

    def on_ring(self, signum, frame):
        self.screen.write("telephone\n")
        self.screen.flush()
