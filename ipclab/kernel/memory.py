"""A process's memory map and the page frames behind it. Sources: proc_pid_maps(5), proc_pid_pagemap(5), mmap(2)."""

from __future__ import annotations

import ctypes
import errno
import mmap
import struct
from dataclasses import dataclass
from typing import ClassVar

from .. import errors
from . import _proc
from ._table import Row, Table

__all__ = ["FramePair", "Mapping", "SharedFrames", "address_of", "find_mapping", "maps", "page_frames", "shared_frames"]

PRESENT, FRAME_BITS = 1 << 63, (1 << 55) - 1             # of a pagemap entry
FRAMES_HINT = ("The kernel shows frame numbers only to a process with CAP_SYS_ADMIN: run this as root, or in a "
               "container started with --cap-add SYS_ADMIN.")


@dataclass(frozen=True, slots=True)
class Mapping(Row):
    """One stretch of a process's address space, from `start` up to, not including, `end`."""

    start: int
    end: int
    size: int                        # bytes
    permissions: str                 # "rw-s": read, write, execute; shared or private
    shared: bool                     # what is written here, others who map the same thing see
    offset: int                      # where in the file it begins
    device: str
    inode: int                       # for a System V segment: its id
    path: str                        # "" if nothing has a name there

    columns: ClassVar = {"addresses": "addresses", "kB": "kilobytes", "permissions": "permissions", "what": "what"}

    @property
    def addresses(self) -> str:
        """From where up to where, in hexadecimal digits."""
        return f"{self.start:012x}-{self.end:012x}"

    @property
    def kilobytes(self) -> str:
        """The size in units of 1024 bytes."""
        return f"{self.size // 1024}"

    @property
    def what(self) -> str:
        """The path, or "(no name)" for anonymous memory."""
        return self.path or "(no name)"


@dataclass(frozen=True, slots=True)
class FramePair(Row):
    """One page as two processes see it: each at an address of its own, in a frame that may be the same."""

    address_a: int
    frame_a: int | None              # None: not in memory for this process (never touched, or swapped out)
    address_b: int
    frame_b: int | None
    same: bool

    columns: ClassVar = {"address in A": "hex_a", "frame": "frame_a", "address in B": "hex_b", "frame ": "frame_b",
                         "one frame": "same"}

    @property
    def hex_a(self) -> str:
        """`address_a` in hexadecimal digits."""
        return f"{self.address_a:#x}"

    @property
    def hex_b(self) -> str:
        """`address_b` in hexadecimal digits."""
        return f"{self.address_b:#x}"


@dataclass(frozen=True, slots=True)
class SharedFrames:
    """Pages of two processes beside each other. `same` is the proof of shared memory: every page, one frame."""

    pid_a: int
    name_a: str
    pid_b: int
    name_b: str
    pages: tuple[FramePair, ...]
    same: bool

    def __str__(self) -> str:
        verdict = "the same frames: one memory, seen by both" if self.same else "not the same frames"
        return f"A is {self.name_a} (pid {self.pid_a}), B is {self.name_b} (pid {self.pid_b}): {verdict}\n{self.pages}"


def maps(pid: int) -> Table:
    """The memory map of a live process as rows of `Mapping`, lowest address first; empty for a zombie."""
    return Table(map(_mapping, _proc.read(pid, "maps").splitlines()))


def find_mapping(pid: int, *, path: str | None = None, inode: int | None = None, segment: int | None = None) -> Mapping:
    """The first mapping of a file by `path` ("/dev/shm/name", "/memfd:name"), by `inode`, or of the System V `segment`
    with that id. Raises NotFound if the process has it not mapped."""
    for mapping in maps(pid):
        if segment is not None and mapping.path.startswith("/SYSV") and mapping.inode == segment:
            return mapping
        if inode is not None and mapping.inode == inode and not mapping.path.startswith("/SYSV"):
            return mapping
        if path is not None and mapping.path.removesuffix(" (deleted)") == path:
            return mapping
    wanted = path or (f"inode {inode}" if segment is None else f"System V segment {segment}")
    raise errors.NotFound(f"find_mapping of {wanted}", f"process {pid}", None, "print(maps(pid)) shows what it has.")


def page_frames(pid: int, address: int, count: int = 1) -> tuple[int | None, ...]:
    """The numbers of the physical page frames behind `count` pages from the one that holds `address`.

    None for a page that is not in memory for this process: a page gets its frame when it is first touched. Raises
    NotPermitted without CAP_SYS_ADMIN, to which alone the kernel shows frame numbers.
    """
    if address < 0 or count < 1:
        raise errors.Misuse("page_frames", f"process {pid}", hint="The address is from 0 up, the count from 1 up.")
    with _proc.open_proc(pid, "pagemap", FRAMES_HINT) as file:
        try:
            file.seek(address // mmap.PAGESIZE * 8)
            data = file.read(count * 8)
        except OSError as error:
            raise _proc.refused(error, pid, "pagemap") from error
    entries = struct.unpack(f"={len(data) // 8}Q", data)
    return tuple(_frame(entry, pid) for entry in entries) + (None,) * (count - len(entries))


def shared_frames(pid_a: int, address_a: int, pid_b: int, address_b: int, count: int = 1) -> SharedFrames:
    """`count` pages of two processes, frame by frame: equal frames are shared memory, whatever the addresses.

    Both must have touched the pages. After fork, private pages have one frame too, until one of the two writes. Raises
    NotPermitted without CAP_SYS_ADMIN.
    """
    frames_a, frames_b = _at_one_moment(pid_a, address_a, pid_b, address_b, count)
    pages = Table(
        FramePair(address_a + i * mmap.PAGESIZE, a, address_b + i * mmap.PAGESIZE, b, a is not None and a == b)
        for i, (a, b) in enumerate(zip(frames_a, frames_b, strict=True)))
    return SharedFrames(pid_a, _proc.name_of(pid_a), pid_b, _proc.name_of(pid_b), pages, all(p.same for p in pages))


def address_of(buffer: object) -> int:
    """The address in this process at which a writable buffer (an mmap, a memoryview, a bytearray) begins."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    except (TypeError, ValueError) as error:
        raise errors.Misuse("address_of", repr(buffer), hint=f"It takes a writable buffer: {error}.") from error


def _mapping(line: str) -> Mapping:
    addresses, permissions, offset, device, inode, *path = line.split(None, 5)
    start, end = (int(address, 16) for address in addresses.split("-"))
    return Mapping(start, end, end - start, permissions, permissions[3] == "s", int(offset, 16), device, int(inode),
                   path[0] if path else "")


def _frame(entry: int, pid: int) -> int | None:
    if not entry & PRESENT:
        return None
    if not entry & FRAME_BITS:                           # hidden: frame 0 is never given to a process
        raise errors.NotPermitted("page_frames", f"process {pid}", errno.EPERM, FRAMES_HINT)
    return entry & FRAME_BITS


def _at_one_moment(pid_a: int, address_a: int, pid_b: int, address_b: int, count: int):
    """The kernel may move a page to another frame at any time: look at A again after B, until nothing has moved."""
    while True:
        frames_a = page_frames(pid_a, address_a, count)
        frames_b = page_frames(pid_b, address_b, count)
        if frames_a == page_frames(pid_a, address_a, count):
            return frames_a, frames_b
