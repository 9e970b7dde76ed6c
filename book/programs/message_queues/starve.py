"""The lowest type first, always: who waits for the higher one?"""

from ipclab import MessageQueue

with MessageQueue() as queue:
    queue.send("I can wait", type=2)
    taken = []
    for n in range(100):
        queue.send(f"urgent {n}", type=1)
        taken.append(queue.receive(type=-2))
    print("urgent ones taken:", sum(b"urgent" in m for m in taken))
    print("still waiting:", queue.receive().decode())
