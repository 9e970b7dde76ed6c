"""Which system calls for IPC does the standard library offer?"""
import os
import signal
import socket

WANTED = {
    os: "eventfd memfd_create mq_open pidfd_open timerfd_create",
    signal: "pidfd_send_signal sigaction signalfd sigqueue sigsuspend "
            "sigtimedwait",
    socket: "send_fds",
}
there = [name for module, names in WANTED.items() for name in names.split()
         if hasattr(module, name)]
print(*there)
