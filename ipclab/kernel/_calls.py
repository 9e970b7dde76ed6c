"""Numbers of the system calls in which a process waits for another, by machine. Source: syscalls(2), unistd.h."""

from __future__ import annotations

import os
from collections.abc import Iterable

__all__ = ["call_name", "with_later"]

X86_64 = {
    0: "read", 1: "write", 2: "open", 7: "poll", 16: "ioctl", 17: "pread64", 18: "pwrite64", 19: "readv", 20: "writev",
    23: "select", 34: "pause", 35: "nanosleep", 40: "sendfile", 42: "connect", 43: "accept", 44: "sendto",
    45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 56: "clone", 57: "fork", 58: "vfork", 59: "execve", 61: "wait4",
    62: "kill", 64: "semget", 65: "semop", 66: "semctl", 68: "msgget", 69: "msgsnd", 70: "msgrcv", 71: "msgctl",
    72: "fcntl", 73: "flock", 74: "fsync", 128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex",
    219: "restart_syscall", 220: "semtimedop", 230: "clock_nanosleep", 231: "exit_group", 232: "epoll_wait",
    242: "mq_timedsend", 243: "mq_timedreceive", 247: "waitid", 257: "openat", 270: "pselect6", 271: "ppoll",
    275: "splice", 276: "tee", 278: "vmsplice", 281: "epoll_pwait", 288: "accept4", 295: "preadv", 299: "recvmmsg",
    307: "sendmmsg", 435: "clone3", 437: "openat2", 441: "epoll_pwait2", 449: "futex_waitv", 455: "futex_wait",
}
AARCH64 = {
    22: "epoll_pwait", 25: "fcntl", 29: "ioctl", 32: "flock", 56: "openat", 63: "read", 64: "write", 65: "readv",
    66: "writev", 67: "pread64", 68: "pwrite64", 69: "preadv", 71: "sendfile", 72: "pselect6", 73: "ppoll",
    75: "vmsplice", 76: "splice", 77: "tee", 82: "fsync", 94: "exit_group", 95: "waitid", 98: "futex",
    101: "nanosleep", 115: "clock_nanosleep", 128: "restart_syscall", 129: "kill", 133: "rt_sigsuspend",
    137: "rt_sigtimedwait", 182: "mq_timedsend", 183: "mq_timedreceive", 186: "msgget", 187: "msgctl", 188: "msgrcv",
    189: "msgsnd", 190: "semget", 191: "semctl", 192: "semtimedop", 193: "semop", 202: "accept", 203: "connect",
    206: "sendto", 207: "recvfrom", 211: "sendmsg", 212: "recvmsg", 220: "clone", 221: "execve", 242: "accept4",
    243: "recvmmsg", 260: "wait4", 269: "sendmmsg", 435: "clone3", 437: "openat2", 441: "epoll_pwait2",
    449: "futex_waitv", 455: "futex_wait",
}
NAMES = {"x86_64": X86_64, "aarch64": AARCH64}.get(os.uname().machine, {})
LATER = {"epoll_wait": "epoll_pwait", "open": "openat", "pause": "ppoll", "poll": "ppoll", "select": "pselect6",
         "semop": "semtimedop"}


def call_name(number: int) -> str:
    """The call's name as strace(1) prints it; "syscall 317" for one that is not in our table."""
    return NAMES.get(number, f"syscall {number}")


def with_later(names: Iterable[str]) -> set[str]:
    """These calls, and those by which the C library may make them: Arm has no pause(2) of its own, but ppoll(2)."""
    return {later for name in names for later in (name, LATER.get(name, name))}
