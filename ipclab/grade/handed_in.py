"""What was handed in: whose file each is, and how to read it. Nothing is unpacked, followed or executed.

A folder, or a ZIP archive as it was downloaded, holds one of

    NAME.ipynb                                                   a file per student
    NAME/…                                                       a folder per student, as in nbgrader's `submitted/`
    name_12345_678_FILE, name_LATE_12345_678_FILE                Canvas: the student's number, then the file's
    NAME_12345_assignsubmission_file_FILE, or a folder of it     Moodle: the number of this submission
    STUDENT+LAB+TIME+…/                                          nbgrader's exchange: one folder per attempt

and what a student handed in may be a ZIP archive itself. Sources: Canvas `lib/content_zipper.rb`, Moodle
`mod/assign/locallib.php`, nbgrader `exchange/default/submit.py`.
"""

from __future__ import annotations

import functools
import io
import lzma
import os
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

__all__ = ["LARGEST", "File", "Student", "Unreadable", "handed_in", "notebooks"]

LARGEST = 10_000_000                 # bytes of one notebook, and of an archive that a student made
MOST_FILES = 5_000                   # of one student; in an archive of all submissions, of each student
DEEPEST = 6
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)     # browsers add the second suffix
ARCHIVE = re.compile(r"\.zip$", re.IGNORECASE)
NOBODYS = re.compile(r"\._.*|\.DS_Store|__MACOSX|Thumbs\.db|desktop\.ini")       # left by other programs
CANVAS = re.compile(r"((?P<name>(?!LATE_)[^\W_]\w*?)_)?(LATE_)?(?P<id>\d+|anon_\w{5})_(?P<attempt>\d+)_.+")
MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_.+")
EXCHANGE = re.compile(r"(?P<name>[^+]+)\+[^+]+\+(?P<attempt>\d{4}-\d\d-\d\d [^+]+)(\+.*)?")


class Unreadable(Exception):
    """A sentence for the student."""


@dataclass(frozen=True)
class File:
    """One file. `read` gives its bytes, or raises Unreadable."""

    path: Path                       # of a file in an archive: the archive's, and the name in it
    parts: tuple[str, ...]           # its place in what was handed in
    read: Callable[[], bytes]
    changed: float                   # seconds since 1970

    @property
    def name(self) -> str:
        return self.parts[-1]


@dataclass
class Student:
    """All that one student handed in, each file with its attempt: later attempts sort higher."""

    name: str
    id: str                          # the learning platform's number, or ""
    place: Path
    files: list[tuple[str, File]] = field(default_factory=list)


def handed_in(place: Path) -> list[Student]:
    """Everybody who handed in anything, in the order of their folders' and files' names."""
    students: dict[str, Student] = {}
    files = _without_the_folder_around(list(_tree(place)))
    for file in sorted(files, key=lambda file: [os.fsencode(part) for part in file.parts]):
        name, id, attempt = _owner(file.parts)
        if name:
            one = students.setdefault(name, Student(name, id, file.path))
            one.files += [] if file.name == FOLDER else [(attempt, file)]
    return list(students.values())


def notebooks(files: list[tuple[str, File]]) -> Iterator[tuple[str, File]]:
    """The notebooks among a student's files, and in the archives among them."""
    for attempt, file in files:
        if NOTEBOOK.search(file.name):
            yield attempt, file
        elif ARCHIVE.search(file.name):
            yield from ((attempt, inner) for inner in _students_archive(file) if NOTEBOOK.search(inner.name))


# Whose is it?

def _owner(parts: tuple[str, ...]) -> tuple[str, str, str]:
    """Name, number and attempt. No name: nobody's, such as a table that lies beside the submissions."""
    first = parts[0]
    for pattern in (MOODLE, EXCHANGE, CANVAS):
        if (found := pattern.fullmatch(first)) and not (pattern is EXCHANGE and len(parts) == 1):
            named = found.groupdict()
            # The number distinguishes two of the same name; alone it would let a date in two names make them one.
            id, attempt = named.get("id", ""), named.get("attempt", "").zfill(20)
            return (f"{named['name']} ({id})" if id and named["name"] else named["name"] or id), id, attempt
    if len(parts) > 1:
        return first, "", ""
    stem = NOTEBOOK.sub("", ARCHIVE.sub("", first))
    return stem if stem != first else "", "", ""


def _without_the_folder_around(files: list[File]) -> list[File]:
    """Programs that unpack, and people who pack, often put one folder around everything."""
    if len({file.parts[0] for file in files}) != 1 or any(len(file.parts) == 1 for file in files):
        return files
    inside = [replace(file, parts=file.parts[1:]) for file in files if file.parts[1] != FOLDER]
    owners = {_owner(file.parts)[0] for file in inside if _owner(file.parts)[1] or len(file.parts) > 1}
    return inside if len(owners) > 1 and not _owner(files[0].parts)[1] else files


# The tree of files, on disk or in an archive

FOLDER = "/"                         # stands for a folder itself, so that a student with an empty one is seen


def _tree(place: Path, parts: tuple[str, ...] = ()) -> Iterator[File]:
    if not parts and place.is_file() and ARCHIVE.search(place.name):
        yield from _archive_of_all(place)
        return
    entries = _entries(place)
    match entries:
        case [one] if not parts and ARCHIVE.search(one.name) and one.is_file(follow_symlinks=False):
            yield from _archive_of_all(Path(one))
            return
    for entry in entries:
        path, here = Path(entry.path), (*parts, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield File(path, (*here, FOLDER), _never, 0)
            yield from _tree(path, here) if len(here) < DEEPEST else ()
        elif entry.is_symlink() and entry.is_dir():
            yield File(path, (*here, "link.ipynb"), functools.partial(_bytes, path), 0)    # told not to be followed
        else:
            yield File(path, here, functools.partial(_bytes, path), entry.stat(follow_symlinks=False).st_mtime)


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        return [entry for entry in os.scandir(folder) if not _nobodys(entry.name, entry.is_dir(follow_symlinks=False))]
    except OSError:                  # a folder that may not be read is like an empty one
        return []


def _nobodys(name: str, is_folder: bool) -> bool:
    return bool(NOBODYS.fullmatch(name)) or is_folder and name.startswith(".")


def _never() -> bytes:
    raise Unreadable("The folder holds no notebook.")


def _bytes(path: Path) -> bytes:
    """The file's bytes, if it is a plain file of a sane size; links, pipes and devices are not opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Unreadable("What was handed in is not a plain file, or cannot be read.") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("What was handed in is not a plain file.")
        if status.st_size > LARGEST:
            raise Unreadable(TOO_LARGE)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST)
    finally:
        os.close(descriptor)


TOO_LARGE = f"The file is larger than {LARGEST // 1_000_000} MB. Clear the notebook's outputs and hand it in again."


def _archive_of_all(path: Path) -> Iterator[File]:
    """The instructor's own download: as large as it may be."""
    try:
        yield from _members(zipfile.ZipFile(path), path, ())
    except (OSError, zipfile.BadZipFile):
        yield File(path, (path.name,), _no_archive, path.stat().st_mtime)


def _students_archive(file: File) -> list[File]:
    """A student's archive, which may be anything, as files; it is a file that cannot be read if it is no archive."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
        if len(archive.infolist()) > MOST_FILES:
            raise Unreadable("The archive holds far too many files. Hand in the notebook alone.")
        return list(_members(archive, file.path, file.parts))
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError):
        return [File(file.path, (*file.parts, "broken.ipynb"), _no_archive, file.changed)]
    except Unreadable as problem:
        return [File(file.path, (*file.parts, "broken.ipynb"), functools.partial(_raise, problem), file.changed)]


def _members(archive: zipfile.ZipFile, path: Path, parts: tuple[str, ...]) -> Iterator[File]:
    for member in archive.infolist():
        inside = tuple(part for part in member.filename.split("/") if part not in ("", ".", ".."))
        place = (*parts, *inside, *([FOLDER] if member.is_dir() else []))
        if inside and len(inside) <= DEEPEST and not any(_nobodys(part, part is not place[-1]) for part in inside):
            yield File(path / "/".join(inside), place, functools.partial(_unpacked, archive, member), _time(member))


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """At most so many bytes, whatever the archive says of itself."""
    try:
        with archive.open(member) as file:
            data = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError):
        raise Unreadable("The archive is damaged or locked with a password. Hand in the notebook alone.") from None
    if len(data) > LARGEST:
        raise Unreadable(TOO_LARGE)
    return data


def _time(member: zipfile.ZipInfo) -> float:
    """By this machine's clock: an archive does not say where its times are from."""
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _no_archive() -> bytes:
    raise Unreadable("What was handed in is called an archive and is none. Hand in the notebook alone.")


def _raise(problem: Unreadable) -> bytes:
    raise problem
