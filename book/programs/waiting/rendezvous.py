"""Capacity 0: the sender goes on when its message was taken."""

from ipclab import Semaphore, SharedInteger, process, run


def sender(slot, full, taken):
    for word in (7, 8):
        slot.store(word)
        full.V()
        taken.P()                          # nobody keeps it for me


def receiver(slot, full, taken):
    words = []
    for _ in range(2):
        full.P()
        words.append(slot.load())
        taken.V()
    return words


if __name__ == "__main__":
    link = SharedInteger(0), Semaphore(0), Semaphore(0)
    result = run(process(sender, *link), process(receiver, *link))
    print("received:", result["receiver"].value)
