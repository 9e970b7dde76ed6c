# A flag: what comes while booking is under way waits in a deque, and the look for it comes last.
from collections import deque


class Till:
    def __init__(self, balance):
        self.balance = balance
        self.waiting = deque()
        self.busy = False

    def book(self, amount):
        if amount < 0:
            raise ValueError("an amount cannot be negative")
        self.waiting.append(round(amount))
        while self.waiting and not self.busy:
            self.busy = True
            while self.waiting:
                self.balance = self.balance + self.waiting.popleft()
            self.busy = False
