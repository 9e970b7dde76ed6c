# differs: What is written while the slips are copied is cleared away unread.
class Journal:
    def __init__(self):
        self.slips, self.texts = [], []

    def write(self, text):
        self.slips.append(text)

    def read(self):
        self.texts.extend(self.slips)
        self.slips.clear()
        return list(enumerate(self.texts, start=1))
