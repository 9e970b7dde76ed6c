"""Where a socket is: a path, an abstract name, or host and port; as people write it, and as the kernel wants it."""

from __future__ import annotations

import os
import socket
from typing import NamedTuple

from .. import errors
from . import ledger

__all__ = ["KINDS", "Address", "as_given", "text", "understood"]

KINDS = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET, "datagram": socket.SOCK_DGRAM}
LONGEST = 107                   # bytes of a path: sun_path has 108, one for the NUL (unix(7))


class Address(NamedTuple):
    domain: socket.AddressFamily
    raw: str | bytes | tuple
    kind: str
    drawn: bool = False             # a path that we made up

    @property
    def family(self) -> str:
        """What the socket there is called: "UNIX stream socket", "TCP stream socket", "UDP datagram socket"."""
        protocol = "UNIX" if self.domain == socket.AF_UNIX else {"stream": "TCP", "datagram": "UDP"}[self.kind]
        return f"{protocol} {self.kind} socket"

    @property
    def path(self) -> str | None:
        """The file that marks it, if one does."""
        return self.raw if self.domain == socket.AF_UNIX and isinstance(self.raw, str) else None

    def socket(self, call: str) -> socket.socket:
        """A new socket for it. Raises LimitReached if this process may not have more descriptors."""
        try:
            return socket.socket(self.domain, KINDS[self.kind])
        except OSError as error:
            raise errors.from_os(error, call, self.family) from error


def understood(call: str, address: object, kind: str) -> Address:
    """`address` as a path, "@name" (abstract), port (on this machine only) or (host, port); None: a made-up path."""
    if kind not in KINDS:
        raise errors.Misuse(call, repr(kind), hint=f"kind is one of: {', '.join(KINDS)}.")
    if isinstance(address, int) and not isinstance(address, bool):
        address = "127.0.0.1", address
    if isinstance(address, tuple):
        return _of_internet(call, address, kind)
    if address is None:
        return Address(socket.AF_UNIX, _of_unix(call, ledger.drawn_name(ledger.folder(), "socket")), kind, drawn=True)
    if not isinstance(address, (str, os.PathLike)) or not str(address):
        raise errors.Misuse(call, repr(address), hint='An address is a path, "@name", a port, or (host, port).')
    return Address(socket.AF_UNIX, _of_unix(call, str(address)), kind)


def _of_unix(call: str, address: str) -> str | bytes:
    if address.startswith("@"):
        raw = b"\0" + address[1:].encode()
        longest = LONGEST + 1
    else:
        raw = os.path.abspath(address)
        longest = LONGEST
    if len(os.fsencode(raw)) > longest:
        raise errors.TooBig(call, f"address {address!r}", None,
                            f"A UNIX socket's address has at most {LONGEST} bytes; choose a shorter folder or name.")
    return raw


def _of_internet(call: str, address: tuple, kind: str) -> Address:
    about = repr(address)
    if len(address) != 2 or not isinstance(address[0], str) or not isinstance(address[1], int):
        raise errors.Misuse(call, about, hint="Give (host, port), such as ('127.0.0.1', 5000); port 0: any free one.")
    if not 0 <= address[1] < 65536:
        raise errors.Misuse(call, about, hint="A port is a number from 0 to 65535.")
    if kind == "seqpacket":
        raise errors.Misuse(call, about, hint="seqpacket exists for UNIX sockets only; give a path, or kind='stream'.")
    try:
        domain, _, _, _, raw = socket.getaddrinfo(*address, type=KINDS[kind])[0]
    except OSError as error:
        raise errors.NotFound(call, about, hint=f"No host of that name: {error.strerror}.") from error
    return Address(domain, raw, kind)


def text(raw: str | bytes | tuple) -> str:
    """An address for people: "/tmp/s", "@name", "127.0.0.1:5000"; "unnamed" for a UNIX socket without one."""
    if isinstance(raw, tuple):
        return f"[{raw[0]}]:{raw[1]}" if ":" in raw[0] else f"{raw[0]}:{raw[1]}"
    if isinstance(raw, bytes):
        raw = raw.decode("utf-8", "backslashreplace").replace("\0", "@", 1)
    return raw or "unnamed"


def as_given(raw: str | bytes | tuple) -> str | tuple:
    """An address as people give it to `listen` and `connect`."""
    return raw[:2] if isinstance(raw, tuple) else text(raw)
