"""One message, two receivers: does one get it, or do both?"""

from ipclab import MessageQueue, System, process
from ipclab.explore import explore


def receiver(mailbox):
    return mailbox.receive().decode()


def system(who_waits):
    mailbox = MessageQueue()
    return System(process(mailbox.send, b"m", name="sender"),
                  process(receiver, mailbox, name="first"),
                  process(receiver, mailbox, name="second"),
                  check=lambda end: end.stuck in who_waits, may_stick=True)


one = [("second",), ("first",)]
print("always one, never both:", explore(lambda: system(one)).status)
print("always the first:      ", explore(lambda: system(one[:1])).status)
