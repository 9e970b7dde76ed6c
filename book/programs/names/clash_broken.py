"""Two programs that know nothing of each other choose the same name."""

import os

import posix_ipc

NAME = f"/jobs-{os.getpid()}"

printer = posix_ipc.MessageQueue(NAME, posix_ipc.O_CREAT, max_messages=4)
backup = posix_ipc.MessageQueue(NAME, posix_ipc.O_CREAT)
printer.send(b"print the exam")
print("backup receives:", backup.receive()[0].decode())
posix_ipc.unlink_message_queue(NAME)
