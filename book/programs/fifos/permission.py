"""Who may open a FIFO of mode 620? Run it as root."""

import os
import tempfile

OWNER, MEMBER, STRANGER, GROUP = 1001, 1002, 1003, 2000

folder = tempfile.TemporaryDirectory()
os.chmod(folder.name, 0o711)
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)
os.chown(name, OWNER, GROUP)
os.chmod(name, 0o620)
kept = os.open(name, os.O_RDWR)        # somebody at the other end


def attempt(who: str, uid: int, gid: int) -> None:
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        for what, flag in (("read", os.O_RDONLY), ("write", os.O_WRONLY)):
            try:
                os.open(name, flag)
                print(f"{who} may {what}: yes")
            except PermissionError:
                print(f"{who} may {what}: no (EACCES)")
        os._exit(0)
    os.waitpid(child, 0)


attempt("the owner", OWNER, OWNER)
attempt("a member", MEMBER, GROUP)
attempt("a stranger", STRANGER, STRANGER)
folder.cleanup()
