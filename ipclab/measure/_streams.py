"""Ways through a descriptor: pipe, FIFO, and the sockets."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial

from ..mechanisms import ledger
from ..mechanisms._bytes import ATOMIC
from ..mechanisms.fifos import Fifo
from ..mechanisms.pipes import Pipe
from ..mechanisms.sockets import Connection, connect, listen, socket_pair
from ._way import End, Way, Work, in_parts, named_at_first, of_parts

__all__ = [
    "BareFifo", "BarePipe", "DatagramPair", "IpclabDatagramPair", "IpclabFifo", "IpclabPipe", "IpclabSeqpacketPair",
    "IpclabStreamPair", "IpclabTcp", "SeqpacketPair", "StreamPair", "Tcp",
]

PACKET = 65_536                      # bytes: in larger messages a datagram would not fit into the usual buffers


class BarePipe(Way):
    """A pipe for each direction."""

    kind = "STREAM"

    def make(self, work: Work) -> None:
        self.lines = [self.line(), self.line()]            # side 0 writes into the first

    def line(self) -> tuple[int, int]:
        reading, writing = os.pipe()
        return self._closed_later(reading), self._closed_later(writing)

    def _closed_later(self, descriptor: int) -> int:
        self.closing.callback(os.close, descriptor)
        return descriptor

    def end(self, side: int) -> End:
        reading, writing = self.lines[1 - side][0], self.lines[side][1]
        if self.size <= ATOMIC:                            # goes in, and so comes out, in one piece
            return End(partial(os.write, writing), partial(os.read, reading, self.size))
        return End(partial(_write_all, writing), _filled(partial(os.readv, reading), self.size))

    def native(self, side: int) -> dict[str, int]:
        return {"out": self.lines[side][1], "in_": self.lines[1 - side][0]}


def _write_all(descriptor: int, message: bytes) -> None:
    done = os.write(descriptor, message)
    while done < len(message):                             # a signal handler ran in the middle
        done += os.write(descriptor, memoryview(message)[done:])


def _filled(readv: Callable, size: int) -> Callable[[], bytearray]:
    """Read on into one buffer until it is full: a new one for each message would cost more than the reading."""
    buffer = bytearray(size)
    view = memoryview(buffer)

    def receive() -> bytearray:
        done = 0
        while done < size:
            got = readv([view[done:]])
            if not got:
                raise EOFError("the other side has closed")
            done += got
        return buffer
    return receive


class BareFifo(BarePipe):
    """A FIFO for each direction, whose name is gone once both ends are open."""

    def line(self) -> tuple[int, int]:
        with named_at_first("file", ledger.folder()) as path:
            os.mkfifo(path, 0o600)
            reading = self._closed_later(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            writing = self._closed_later(os.open(path, os.O_WRONLY))
        os.set_blocking(reading, True)
        return reading, writing


class IpclabPipe(Way):
    def make(self, work: Work) -> None:
        self.lines = [self.line(), self.line()]

    def line(self) -> tuple:
        pipe = Pipe()
        self.closing.callback(pipe.close)
        return pipe.reader, pipe.writer

    def end(self, side: int) -> End:
        reader, writer = self.lines[1 - side][0], self.lines[side][1]
        read = reader.read if self.size <= ATOMIC else reader.read_exactly
        return End(writer.write, partial(read, self.size))


class IpclabFifo(IpclabPipe):
    def line(self) -> tuple:
        with Fifo() as fifo:
            reader, writer = fifo.open_reader_nowait(), fifo.open_writer()
        self.closing.callback(reader.close)
        self.closing.callback(writer.close)
        return reader, writer


class Sockets(Way):
    """A connection, both ways."""

    def make(self, work: Work) -> None:
        self.sides = self.pair()
        for side in self.sides:
            self.closing.callback(side.close)

    def pair(self) -> tuple:
        raise NotImplementedError

    def native(self, side: int) -> dict[str, int]:
        return {"out": self.sides[side].fileno(), "in_": self.sides[side].fileno(), "part": min(self.size, PACKET)}


class StreamPair(Sockets):
    kind = "SOCKET"

    def pair(self) -> tuple[socket.socket, socket.socket]:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def end(self, side: int) -> End:
        mine = self.sides[side]
        return End(mine.sendall, _waited_for(mine, self.size))


def _waited_for(mine: socket.socket, size: int) -> Callable[[], bytearray]:
    """MSG_WAITALL: one call for all of a message, unless a signal comes or the other side has closed."""
    buffer = bytearray(size)
    view, receive_into, all_of_it = memoryview(buffer), mine.recv_into, socket.MSG_WAITALL

    def receive() -> bytearray:
        done = receive_into(buffer, size, all_of_it)
        while done < size:
            got = receive_into(view[done:], size - done, all_of_it)
            if not got:
                raise EOFError("the other side has closed")
            done += got
        return buffer
    return receive


class Tcp(StreamPair):
    def pair(self) -> tuple[socket.socket, socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            first = socket.create_connection(listener.getsockname())
            second, _ = listener.accept()
        return _undelayed(first), _undelayed(second)


def _undelayed(side: socket.socket | Connection) -> socket.socket | Connection:
    """Without Nagle's algorithm, which has a small message wait for company (tcp(7))."""
    with socket.fromfd(side.fileno(), socket.AF_INET, socket.SOCK_STREAM) as same:
        same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return side


class SeqpacketPair(Sockets):
    kind = "PACKETS"
    type = socket.SOCK_SEQPACKET

    def pair(self) -> tuple[socket.socket, socket.socket]:
        return socket.socketpair(socket.AF_UNIX, self.type)

    def end(self, side: int) -> End:
        mine = self.sides[side]
        return End(in_parts(mine.send, self.size, PACKET),
                   of_parts(partial(mine.recv, min(self.size, PACKET)), self.size, PACKET))


class DatagramPair(SeqpacketPair):
    type = socket.SOCK_DGRAM


class IpclabStreamPair(Sockets):
    def pair(self) -> tuple[Connection, Connection]:
        return socket_pair("stream")

    def end(self, side: int) -> End:
        mine = self.sides[side]
        receive = mine.receive if self.size <= ATOMIC else mine.receive_exactly
        return End(mine.send, partial(receive, self.size))


class IpclabTcp(IpclabStreamPair):
    def pair(self) -> tuple[Connection, Connection]:
        with listen(("127.0.0.1", 0)) as listener:
            first = connect(listener.address)
            second = listener.accept()
        return _undelayed(first), _undelayed(second)

    def end(self, side: int) -> End:
        mine = self.sides[side]
        return End(mine.send, partial(mine.receive_exactly, self.size))     # a segment may end within a message


class IpclabSeqpacketPair(Sockets):
    type = "seqpacket"

    def pair(self) -> tuple[Connection, Connection]:
        return socket_pair(self.type)

    def end(self, side: int) -> End:
        mine = self.sides[side]
        return End(in_parts(mine.send, self.size, PACKET),
                   of_parts(partial(mine.receive, min(self.size, PACKET)), self.size, PACKET))


class IpclabDatagramPair(IpclabSeqpacketPair):
    type = "datagram"
