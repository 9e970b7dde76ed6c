"""Who may signal whom: the kernel compares user ids. Run it as root."""

import os

NOBODY, SOMEBODY = 65534, 65533         # two users that own nothing


def may(sender: int, receiver: int) -> str:
    """Try kill(pid, 0), which checks permission and sends nothing."""
    ready, done = os.pipe(), os.pipe()
    target = os.fork()
    if target == 0:
        os.setresuid(receiver, receiver, receiver)
        os.write(ready[1], b".")
        os.close(done[1])
        os.read(done[0], 1)             # wait for the end
        os._exit(0)
    os.read(ready[0], 1)
    child = os.fork()
    if child == 0:
        os.setresuid(sender, sender, sender)
        try:
            os.kill(target, 0)
        except PermissionError:
            os._exit(1)
        os._exit(0)
    answer = os.waitpid(child, 0)[1]
    os.close(done[1])
    os.waitpid(target, 0)
    return "no (EPERM)" if answer else "yes"


for sender, receiver in [(0, NOBODY), (NOBODY, NOBODY),
                         (NOBODY, 0), (NOBODY, SOMEBODY)]:
    print(f"user {sender:5} to user {receiver:5}:", may(sender, receiver))
