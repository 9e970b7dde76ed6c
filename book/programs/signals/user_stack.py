"""What the kernel puts on the user stack for a handler. For x86-64 only."""

import ctypes
import os
import signal
import struct

libc, P, NOW = ctypes.CDLL(None), ctypes.c_void_p, "/proc/self/syscall"
RAX, RSP, RIP = (40 + 8 * n for n in (13, 15, 16))      # in ucontext_t

def word(address: int) -> int:
    return ctypes.c_uint64.from_address(address).value


def mapping(address: int) -> str:
    for line in open("/proc/self/maps"):
        first, last = (int(n, 16) for n in line.split()[0].split("-"))
        if first <= address < last:
            return os.path.basename(line.split()[-1])


def show(what: str, address: int) -> None:
    print(f"{what:22} {address:#x} in {mapping(address)}")


def handler(signum, siginfo, context):
    show("interrupted at", word(context + RIP))
    show("stack pointer was", word(context + RSP))
    show("siginfo_t", siginfo)
    show("saved registers", context)                    # ucontext_t
    show("return address", context - 8)
    show("stack pointer is", int(open(NOW).read().split()[-2], 16))
    print("returns to code:", ctypes.string_at(word(context - 8), 9).hex(" "))
    ctypes.c_uint64.from_address(context + RAX).value = 42


in_c = ctypes.CFUNCTYPE(None, ctypes.c_int, P, P)(handler)
action = struct.pack("QQ128x", ctypes.cast(in_c, P).value, 4)  # SA_SIGINFO
libc.sigaction(signal.SIGUSR1, action, None)
print("kill() returned", libc.kill(os.getpid(), signal.SIGUSR1))
