"""First in first out, or last in first out: the same queue, set up so."""

from ipclab import MessageQueue

for order in ("first-in-first-out", "last-in-first-out"):
    with MessageQueue(order=order) as queue:
        for message in "abcd":
            queue.send(message)
        came = [queue.receive().decode() for _ in range(4)]
        print(order + ":", *came)
