"""Goes into the box as a solution, with the rules switched off, and tries to get out. It says what it got.

`WORLD` is put before this text: where things are outside. Every function below is an attack; it is lost if it raises
OSError and the like, or returns nothing.
"""

import ctypes
import glob
import mmap
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import sysv_ipc

MEGABYTE = 1 << 20
libc = ctypes.CDLL(None, use_errno=True)


# Reading

def the_master():
    return open(WORLD["master"]).read()


def the_labs():
    return os.listdir(os.path.dirname(WORLD["master"]))


def a_neighbours_submission():
    return open(WORLD["neighbour"]).read()


def the_users_files():
    return [home for home in ("/root", "/home") if set(os.listdir(home)) - WORLD["python"]]


def the_passwords():
    return open("/etc/passwd").read()


def the_tests_beside_the_package():
    return os.listdir(WORLD["tests"])


def the_judges_memory():
    return open(f"/proc/{WORLD['judge']}/mem", "rb")


def the_judges_environment():
    texts = [*os.environ.values(), *(open(name).read() for name in glob.glob("/proc/[0-9]*/environ") if readable(name))]
    return any(WORLD["secret"] in text for text in texts)


def readable(name):
    return os.access(name, os.R_OK)


def what_is_expected_in_my_own_memory():
    """The judge's part of the check must not be in the box, wherever one looks."""
    there, expected = (re.compile(WORLD[what].encode()) for what in ("shown", "expected"))      # that find not themselves
    found = [piece for piece in my_memory() if there.search(piece)]
    return not found or any(expected.search(piece) for piece in my_memory())


def my_memory():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(number, 16) for number in span.split("-"))
            if rights.startswith("rw") and end - start < 64 * MEGABYTE:
                memory.seek(start)
                yield memory.read(end - start)


def descriptors_of_somebody_else():
    links = [os.readlink(name) for name in glob.glob("/proc/self/fd/*") if os.path.islink(name)]
    return [link for link in links if link.startswith("/") and not link.startswith(("/dev/null", "/proc"))]


def the_kernels_log():
    return libc.klogctl(3, ctypes.create_string_buffer(100), 100) > 0           # SYSLOG_ACTION_READ_ALL


def the_cgroups():
    return os.listdir("/sys/fs/cgroup")


# Writing

def writable(path):
    with open(path, "a"):
        return True


def a_neighbours_result():
    return writable(WORLD["neighbour"])


def the_package():
    return writable(WORLD["package"])


def the_standard_library():
    return writable(os.__file__)


def a_file_beside_the_root():
    return writable("/conftest.py")


def a_file_in_dev():
    return writable("/dev/left")


def a_program():
    return writable("/usr/bin/left")


def the_kernels_settings():
    return writable("/proc/sys/kernel/core_pattern") or writable("/proc/sysrq-trigger")


def a_disk():
    libc.mknod(b"/tmp/disk", 0o60666, os.makedev(254, 0))
    return open("/tmp/disk", "rb")


# Becoming somebody else

def root():
    """In a user namespace one may be called root, and still have no capability."""
    os.setuid(0)
    with open("/proc/self/status") as status:
        return any(line.startswith("CapEff") and int(line.split()[1], 16) for line in status)


def roots_groups():
    os.setgroups([0])
    return True


def another_root_folder():
    os.chroot("/tmp")
    return True


def a_mount():
    return libc.mount(b"none", b"/usr", b"tmpfs", 0, None) == 0


def a_namespace_of_my_own():
    """Whoever is root in a namespace of his own may mount there; what was hidden stays hidden."""
    pid = os.fork()
    if pid == 0:
        libc.unshare(0x10000000 | 0x20000)
        libc.umount2(b"/tmp", 2)
        libc.umount2(b"/", 2)
        os._exit(os.path.exists(WORLD["master"]))
    return os.waitpid(pid, 0)[1]


def a_setuid_program():
    return subprocess.run(["su", "-c", "id -u"], capture_output=True, stdin=subprocess.DEVNULL, text=True).stdout == "0\n"


# Other processes, and what they share

def the_judge_killed():
    os.kill(WORLD["judge"], signal.SIGKILL)
    return True


def the_first_process_killed():
    os.kill(1, signal.SIGKILL)
    time.sleep(0)
    return False


def other_processes():
    return len([name for name in os.listdir("/proc") if name.isdigit()]) > 12


def the_judges_semaphore():
    return sysv_ipc.Semaphore(WORLD["key"])


def the_judges_shared_memory():
    return os.listdir("/dev/shm") and open("/dev/shm/" + WORLD["name"])


def the_judges_temporary_files():
    return os.path.exists(WORLD["marker"])


# The network

def the_judges_server():
    return socket.create_connection(("127.0.0.1", WORLD["port"]), 1)


def the_judges_socket_without_a_file():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0" + WORLD["name"])
        return True


def the_network():
    return socket.create_connection(("192.0.2.1", 80), 1)


def a_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        return one.sendto(b"the hidden checks", ("192.0.2.1", 53))


def a_name():
    return socket.getaddrinfo("example.org", 80)


def an_interface():
    return [name for _, name in socket.if_nameindex() if name != "lo"]


# Taking everything: each gives back what it took, and is lost if it was stopped in time

def memory():
    mmap.mmap(-1, 2048 * MEGABYTE)
    return True


def memory_by_shared_segments():
    if not WORLD["limited"]:
        return False
    taken = 0
    try:
        for _ in range(40):
            sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=4 * MEGABYTE)
            taken += 4
    except (OSError, ValueError, MemoryError):
        pass
    return taken > 100


def all_system_v_identifiers():
    """Every one there is, in a namespace of our own: the test sees that outside there are as many as before."""
    for make in (sysv_ipc.Semaphore, sysv_ipc.MessageQueue):
        try:
            for _ in range(40_000):
                make(None, sysv_ipc.IPC_CREX)
        except (OSError, ValueError):
            continue
        return True


def the_disk(folder="/tmp"):
    taken = 0
    try:
        for number in range(50):
            with open(f"{folder}/{number}", "wb") as file:
                taken += file.write(bytes(3 * MEGABYTE)) / MEGABYTE
    except OSError:
        pass
    finally:
        for name in glob.glob(f"{folder}/[0-9]*"):
            os.unlink(name)
    return taken > 100


def the_shared_memory_disk():
    return the_disk("/dev/shm")


def one_long_file():
    with open("/tmp/long", "wb") as file:
        return file.write(bytes(5 * MEGABYTE))


def all_descriptors():
    kept = []
    try:
        for _ in range(300):
            kept += os.pipe()
    finally:
        for descriptor in kept:
            os.close(descriptor)
    return True


def higher_limits():
    resource.setrlimit(resource.RLIMIT_NPROC, (5000, 5000))
    return True


def processes():
    pids = []
    try:
        for _ in range(200):
            pids.append(os.fork())
            if pids[-1] == 0:
                signal.pause()
    except OSError:
        pass
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(pids) > 100


def threads():
    go = threading.Event()
    started = []
    try:
        for _ in range(200):
            started.append(threading.Thread(target=go.wait))
            started[-1].start()
    except RuntimeError:
        started.pop()
    go.set()
    for one in started:
        one.join()
    return len(started) > 100


def succeeded(attack):
    try:
        return bool(attack())
    except (OSError, ValueError, MemoryError, LookupError, sysv_ipc.Error, EOFError, PermissionError):
        return False


ATTACKS = [thing for name, thing in list(globals().items()) if callable(thing) and getattr(thing, "__module__", "") == __name__
           and name not in ("succeeded", "writable", "readable", "my_memory")]
if "WORLD" in globals():
    got = [attack.__name__ for attack in ATTACKS if succeeded(attack)]
    raise ValueError(f"{len(ATTACKS)} tried, got {got}")
