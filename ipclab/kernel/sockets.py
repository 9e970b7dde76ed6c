"""Which socket is connected to which. Sources: sock_diag(7) for UNIX sockets, proc_pid_net(5) for TCP and UDP."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .. import errors
from . import _proc

__all__ = ["Socket", "all_sockets"]

SOCK_DIAG, BY_FAMILY, DUMP, DONE, ERROR = 4, 20, 0x301, 3, 2         # netlink(7), linux/sock_diag.h
SHOW_NAME, SHOW_PEER, SHOW_PENDING = 1, 4, 8                         # linux/unix_diag.h
NAME, PEER, PENDING = 0, 2, 3
TYPES = {1: "stream", 2: "datagram", 5: "packets in sequence"}
STATES = {1: "connected", 2: "connecting", 3: "connecting", 4: "closing", 5: "closing", 6: "closing", 7: "unconnected",
          8: "closed by the other side", 9: "closing", 10: "listening", 11: "closing"}      # net/tcp_states.h


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket by its inode, the number in "socket:[12345]"."""

    inode: int
    protocol: str                    # "UNIX stream", "TCP", …
    local: str                       # its own address; "" if it has none
    remote: str
    state: str
    peer: int | None                 # inode of the other end; None: no other end, or none on this machine
    unacknowledged: int = 0          # TCP: bytes sent, of which the other machine has not said that it has them

    def __str__(self) -> str:
        other = self.remote or (f"[{self.peer}]" if self.peer else "")
        return f"{self.protocol} {' → '.join(filter(None, (self.local or f'[{self.inode}]', other)))}, {self.state}"


def all_sockets(pid: int) -> dict[int, Socket]:
    """The sockets in the network namespace of process `pid`, by inode; UNIX sockets only if it is ours as well."""
    found = {s.inode: s for s in _internet(pid)}
    if _namespace(pid) == _namespace(os.getpid()):
        found |= {s.inode: s for s in _unix()}
    return found


def _namespace(pid: int) -> str:
    try:
        return os.readlink(_proc.path_of(pid, "ns/net"))
    except OSError as error:
        raise _proc.refused(error, pid, "ns/net") from error


def _unix() -> list[Socket]:
    raw = list(_unix_records())
    listener = {client: record[0] for record in raw for client in record[5]}
    # A connection that nobody has accepted yet has no inode; its other end is the listening socket for now.
    return [Socket(inode, protocol, name, "", state, peer or listener.get(inode))
            for inode, protocol, name, state, peer, _ in raw]


def _unix_records() -> Iterator[tuple[int, str, str, str, int | None, tuple[int, ...]]]:
    for message in _dump():
        kind, state, inode = struct.unpack_from("=xBBxI", message)
        attributes = dict(_attributes(message[16:]))
        peer = struct.unpack("=I", attributes[PEER])[0] if PEER in attributes else None
        pending = struct.unpack(f"={len(attributes.get(PENDING, b'')) // 4}I", attributes.get(PENDING, b""))
        yield inode, f"UNIX {TYPES.get(kind, 'socket')}", _unix_name(attributes.get(NAME, b"")), \
            STATES.get(state, "?"), peer, pending


def _dump() -> Iterator[bytes]:
    """Every UNIX socket as a unix_diag_msg with its attributes; nothing where the kernel has no sock_diag."""
    request = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, 0xFFFFFFFF, 0, SHOW_NAME | SHOW_PEER | SHOW_PENDING, 0, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as diag:
            diag.send(struct.pack("=IHHII", 16 + len(request), BY_FAMILY, DUMP, 1, 0) + request)
            yield from _messages(diag)
    except OSError:
        return


def _messages(diag: socket.socket) -> Iterator[bytes]:
    while True:
        data = diag.recv(1 << 17)
        while data:
            length, kind = struct.unpack_from("=IH", data)
            if kind in (DONE, ERROR):
                return
            yield data[16:length]
            data = data[(length + 3) & ~3:]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind, data[4:length]
        data = data[(length + 3) & ~3:]


def _unix_name(name: bytes) -> str:
    text = name.decode("utf-8", "backslashreplace")
    return "@" + text[1:] if text.startswith("\0") else text.rstrip("\0")


def _internet(pid: int) -> list[Socket]:
    rows = [row for protocol in ("TCP", "UDP") for family in ("", "6") for row in _rows(pid, protocol, family)]
    by_ends = {(protocol, local, remote): inode for inode, protocol, local, remote, *_ in rows}
    listeners = {(protocol, _port(local)): inode for inode, protocol, local, _, state, _ in rows
                 if state == "listening"}

    def peer(protocol: str, local: str, remote: str) -> int | None:
        inode = by_ends.get((protocol, remote, local))
        return listeners.get((protocol, _port(remote))) if inode == 0 else inode     # 0: not accepted yet

    return [Socket(inode, protocol, local, _unless_any(remote), state, peer(protocol, local, remote), queued)
            for inode, protocol, local, remote, state, queued in rows if inode]


def _rows(pid: int, protocol: str, family: str) -> Iterator[tuple[int, str, str, str, str, int]]:
    try:
        lines = _proc.read(pid, f"net/{protocol.lower()}{family}").splitlines()[1:]
    except errors.IPCError:
        return
    for line in lines:
        fields = line.split()
        state, queued = STATES.get(int(fields[3], 16), "?"), int(fields[4].split(":")[0], 16)
        yield int(fields[9]), protocol, _address(fields[1]), _address(fields[2]), state, queued


def _address(text: str) -> str:
    """ "0100007F:1F90" is 127.0.0.1:8080: each 32-bit word of the address is printed as this machine's integer."""
    digits, port = text.split(":")
    words = [int(digits[i:i + 8], 16) for i in range(0, len(digits), 8)]
    address = ipaddress.ip_address(struct.pack(f"={len(words)}I", *words))
    address = getattr(address, "ipv4_mapped", None) or address
    return f"[{address}]:{int(port, 16)}" if address.version == 6 else f"{address}:{int(port, 16)}"


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def _unless_any(address: str) -> str:
    return "" if _port(address) == "0" else address
