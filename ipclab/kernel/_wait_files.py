"""Waits on descriptors: pipes, FIFOs, sockets, and several at once with poll, select and epoll."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator

from .. import errors
from . import _c, _proc
from .open_files import directions, fdinfo, identity_of, pipe_fill
from .sockets import Socket
from .states import State
from .waits import Scene, Wait, distinct, signed

__all__ = ["DECODERS", "HIDDEN", "TIME_OUT", "end_of", "on_descriptor"]

NEEDED = {"read": ("write", "both"), "write": ("read", "both")}      # to read, somebody must write
POLLIN, POLLOUT = 1, 4
TIME_OUT = "its time-out"
HIDDEN = "whoever holds the other end, hidden from us or on its way through a socket"


def on_descriptor(scene: Scene, pid: int, fd: int, doing: str) -> Wait:
    """The wait of `pid` to "read" from or "write" to its descriptor `fd`."""
    try:
        target = os.readlink(_proc.path_of(pid, f"fd/{fd}"))
        mode = os.stat(_proc.path_of(pid, f"fd/{fd}")).st_mode
    except OSError as error:
        raise _proc.refused(error, pid, f"fd/{fd}") from error
    if stat.S_ISFIFO(mode):
        return _on_pipe(scene, pid, fd, doing, target)
    if stat.S_ISSOCK(mode):
        return _on_socket(scene, pid, fd, doing, int(target[8:-1]))
    if target == "anon_inode:[pidfd]":
        return end_of(int(fdinfo(pid, fd)["Pid"]))
    return Wait(purpose="for", object=f"descriptor {fd}, {target}", hope="something that the kernel does not tell")


def end_of(pid: int) -> Wait:
    """The wait for a process to end. If it has ended, the waiter is being told so at this moment."""
    if pid < 1 or _proc.ended(pid):
        return Wait(purpose="for the end of", object=f"process {pid}", hope="an end that is being reported")
    return Wait(purpose="for the end of", object=f"process {pid}", relation="that is {}", holders=(pid,))


def _on_pipe(scene: Scene, pid: int, fd: int, doing: str, target: str) -> Wait:
    holders = distinct(h.pid for h in scene.holdings.of(identity_of(pid, fd), NEEDED[doing]))
    name = f"pipe {target[6:-1]}" if target.startswith("pipe:[") else f"FIFO {target}"
    others = f"held open for {'writing' if doing == 'read' else 'reading'} only by {{}}"
    return Wait(purpose="for data in" if doing == "read" else "for room in", object=name,
                condition=_fullness(pid, fd, doing), relation=others, holders=holders, hope="" if holders else HIDDEN)


def _fullness(pid: int, fd: int, doing: str) -> str:
    try:
        fill = pipe_fill(pid, fd)
    except (errors.IPCError, errors.NotInstalled):
        return ""
    if fill.waiting == 0:
        return "empty"
    return f"{'full: ' if doing == 'write' else ''}{fill.waiting} of {fill.capacity} bytes"


def _on_socket(scene: Scene, pid: int, fd: int, doing: str, inode: int) -> Wait:
    known = scene.sockets(pid).get(inode)
    if known is None:
        return Wait(purpose="on", object=f"socket {inode}", hope="its other end, which we cannot find")
    purpose = "for data from" if doing == "read" else "for room in"
    purpose = "for a connection to" if known.state == "listening" else purpose
    holders = distinct(h.pid for h in scene.holdings.of(f"socket:[{known.peer}]")) if known.peer else ()
    hidden = HIDDEN if known.peer and not holders else ""
    hope = hidden or _socket_hope(scene.sockets(pid), known, bool(holders)) or _own_time_out(pid, fd, doing)
    return Wait(purpose=purpose, object=f"socket {inode}", condition=str(known), holders=holders,
                relation="whose other end is held only by {}" if holders else "", anyone=not holders, hope=hope)


def _socket_hope(sockets: dict[int, Socket], ours: Socket, held: bool) -> str:
    """UNIX sockets hand over at once; a network keeps things on their way, so it has the last word."""
    if ours.protocol.startswith("UNIX"):
        return ""
    if ours.protocol != "TCP" or not held:
        return "the network"
    return "data on its way" if sockets[ours.peer].unacknowledged or ours.unacknowledged else ""


def _own_time_out(pid: int, fd: int, doing: str) -> str:
    option = socket.SO_RCVTIMEO if doing == "read" else socket.SO_SNDTIMEO
    try:
        with _c.borrowed(pid, fd) as ours, socket.socket(fileno=os.dup(ours)) as copy:
            return TIME_OUT if any(copy.getsockopt(socket.SOL_SOCKET, option, 16)) else ""
    except (errors.IPCError, errors.NotInstalled, OSError):
        return "perhaps a time-out that we may not look up"


def _simple(doing: str):
    return lambda scene, pid, state: [on_descriptor(scene, pid, signed(state.arguments[0]), doing)]


def _splicing(scene: Scene, pid: int, state: State) -> list[Wait]:
    source, _, destination = state.arguments[:3]
    return [on_descriptor(scene, pid, signed(source), "read"), on_descriptor(scene, pid, signed(destination), "write")]


def _connecting(scene: Scene, pid: int, state: State) -> list[Wait]:
    wait = on_descriptor(scene, pid, signed(state.arguments[0]), "write")
    network = "" if "UNIX" in wait.condition else "the network"
    return [Wait(purpose="to be let in through", object=wait.object, condition=wait.condition, anyone=True,
                 hope=network or wait.hope)]


def _polling(scene: Scene, pid: int, state: State) -> list[Wait]:
    address, count, time = state.arguments[:3]
    wanted = ((fd, events) for fd, events, _ in scene.numbers(pid, address, "=ihh", count)) if count else ()
    endless = signed(time) < 0 if state.call == "poll" else time == 0
    return _several(scene, pid, wanted, endless)


def _selecting(scene: Scene, pid: int, state: State) -> list[Wait]:
    count, reading, writing, exceptions, time = state.arguments[:5]
    wanted = [(fd, POLLIN) for fds in (reading, exceptions) for fd in _bits(scene, pid, fds, count)]
    wanted += [(fd, POLLOUT) for fd in _bits(scene, pid, writing, count)]
    return _several(scene, pid, wanted, time == 0)


def _bits(scene: Scene, pid: int, address: int, count: int) -> list[int]:
    """The members of an fd_set below `count`, as they were asked for: the kernel writes its answer only at the end."""
    if not address:
        return []
    data = scene.memory(pid, address, (count + 7) // 8)
    return [fd for fd in range(count) if data[fd // 8] >> fd % 8 & 1]


def _epolling(scene: Scene, pid: int, state: State) -> list[Wait]:
    endless = state.arguments[3] == 0 if state.call == "epoll_pwait2" else signed(state.arguments[3]) < 0
    return _several(scene, pid, _watched(pid, state.arguments[0]), endless)


def _watched(pid: int, fd: int) -> Iterator[tuple[int, int]]:
    """The descriptors in an epoll instance with the events wanted; a number that means another file by now is -1."""
    for line in _proc.read(pid, f"fdinfo/{fd}").splitlines():
        if match := re.match(r"tfd:\s*(\d+)\s+events:\s*([0-9a-f]+).*\bino:([0-9a-f]+)", line):
            number = int(match[1])
            try:
                same = os.stat(_proc.path_of(pid, f"fd/{number}")).st_ino == int(match[3], 16)
            except OSError:
                same = False
            yield number if same else -1, int(match[2], 16)


def _several(scene: Scene, pid: int, wanted, endless: bool) -> list[Wait]:
    """One edge per descriptor and direction: whoever can act on any of them can end the wait."""
    waits = []
    for fd, events in wanted:
        if fd < 0:
            waits.append(Wait(purpose="for", object="a descriptor that it closed", hope="whoever acts on it"))
            continue
        waits += [on_descriptor(scene, pid, fd, doing) for doing in _doings(pid, fd, events)]
    if not endless:
        waits.append(Wait(purpose="for", object="time to pass", hope=TIME_OUT))
    return waits or [Wait(purpose="for", object="a signal", anyone=True, hope="a signal, perhaps of a timer")]


def _doings(pid: int, fd: int, events: int) -> tuple[str, ...]:
    """A pipe's end reports also that the other end closed, wanted or not: so its direction counts, not the events."""
    if stat.S_ISFIFO(os.stat(_proc.path_of(pid, f"fd/{fd}")).st_mode):
        return directions(pid, fd)
    return tuple(doing for bit, doing in ((POLLIN, "read"), (POLLOUT, "write")) if events & bit) or ("read",)


DECODERS = {
    **dict.fromkeys(("read", "readv", "pread64", "preadv", "recvfrom", "recvmsg", "recvmmsg", "accept", "accept4"),
                    _simple("read")),
    **dict.fromkeys(("write", "writev", "pwrite64", "sendto", "sendmsg", "sendmmsg", "sendfile"), _simple("write")),
    "splice": _splicing,
    "connect": _connecting,
    **dict.fromkeys(("poll", "ppoll"), _polling),
    **dict.fromkeys(("select", "pselect6"), _selecting),
    **dict.fromkeys(("epoll_wait", "epoll_pwait", "epoll_pwait2"), _epolling),
}
