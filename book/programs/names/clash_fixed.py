"""Whoever makes a thing insists on making it, and is told if it exists."""

import os

import posix_ipc

NAME = f"/jobs-{os.getpid()}"

printer = posix_ipc.MessageQueue(NAME, posix_ipc.O_CREX, max_messages=4)
try:
    backup = posix_ipc.MessageQueue(NAME, posix_ipc.O_CREX)
except posix_ipc.ExistentialError:
    print("backup is told: this name is taken")
posix_ipc.unlink_message_queue(NAME)
