"""Which trials a measurement has: all combinations of what was asked for that make sense and can be had here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeVar

from .. import errors
from ..errors import NotInstalled
from . import twin
from .machine import CROSS, SAME, one_core, processors
from .trial import LATENCY, THROUGHPUT, Setting
from .ways import C, TWINS, WAYS, Way

__all__ = ["Notes", "planned"]

LARGEST, DEEPEST = 2**24, 16_384     # bytes of a message; messages under way
SLOTS, ROOM = 64, 4 * 2**20          # if nobody says how many: so many, or as fit into so many bytes of cache

T = TypeVar("T")
Some = Iterable[T] | T
Places = dict[str, tuple[int, int]]  # the processors of the two sides


class Notes:
    """What was left out and why, each said once."""

    def __init__(self):
        self.said: dict[str, None] = {}
        self.gone: dict[Setting, str] = {}                 # in some round, and why

    def add(self, note: str) -> None:
        self.said[note] = None

    def all(self, measured: Iterable[Setting]) -> tuple[str, ...]:
        """With the first reason for each way and twin of which a trial is missing."""
        some = {(setting.way, setting.twin) for setting in measured}
        first: dict[tuple[str, str], str] = {}
        for setting, why in self.gone.items():
            first.setdefault((setting.way, setting.twin), why)
        return (*self.said, *(f"{way} ({by}) could {'only in part' if (way, by) in some else 'not'} be measured here: "
                              f"{why}" for (way, by), why in first.items()))


def planned(ways: Some[str] | None, twins: Some[str] | None, what: Some[str] | None,
            placements: Some[str] | None, latency_sizes: Some[int], throughput_sizes: Some[int],
            depths: Some[int | None], seconds: float, notes: Notes) -> list[Setting]:
    """Every trial of one round. Raises Misuse for what cannot be meant; what this machine lacks goes into `notes`."""
    ways, twins = _named("way", ways, WAYS), _named("twin", twins, TWINS)
    what = _named("what", what, (LATENCY, THROUGHPUT))
    sizes = {LATENCY: _numbers("size", latency_sizes, LARGEST), THROUGHPUT: _numbers("size", throughput_sizes, LARGEST)}
    depths = [None if depth is None else _number("depth", depth, DEEPEST)
              for depth in _listed("depth", depths)]
    places = _places(_named("placement", placements, (SAME, CROSS)), notes)
    library = _library(notes) if C in twins else None
    found = []
    for way, by, one in product(ways, twins, what):
        kind = WAYS[way].get(by)
        if kind and getattr(kind, one) and (by != C or library):
            found += [Setting(one, way, by, size, place, depth, both, seconds, library)
                      for size, depth, (place, both) in _choices(kind, one, sizes[one], depths, places)]
    return found


def _choices(kind: type[Way], what: str, sizes: Sequence[int], depths: Sequence[int | None],
             places: Places) -> Iterator[tuple]:
    """Size, depth and placement of a way's trials."""
    sizes = sizes if kind.carries else [0]
    places = {SAME: processors()[SAME]} if kind.alone else places
    if what == LATENCY:
        return product(sizes, [None], places.items())
    return ((size, depth or _usual_depth(size), place) for size, depth, place in
            product(sizes, depths if kind.has_depth else [None], places.items()))


def _usual_depth(size: int) -> int:
    return max(4, min(SLOTS, ROOM // size))


def _places(wanted: Sequence[str], notes: Notes) -> Places:
    here = processors()
    if CROSS in wanted and CROSS not in here:
        notes.add("This process may use one processor only, so placement 'cross', on two, was left out.")
    elif CROSS in wanted and one_core(*here[CROSS]):
        notes.add("The processors of placement 'cross' are hardware threads of one core: they share what it has.")
    return {place: here[place] for place in wanted if place in here}


def _library(notes: Notes) -> str | None:
    try:
        return str(twin.compiled())
    except NotInstalled as error:
        notes.add(str(error))
    return None


# --- what can be meant ---

def _listed(what: str, given: Some) -> list:
    """One may be given as it is, without a list around it."""
    if given is None or isinstance(given, str | int):
        return [given]
    try:
        return list(given)
    except TypeError:
        raise errors.Misuse("measure", f"{what} {given!r}", hint="Give a list.") from None


def _named(what: str, given: Some[str] | None, known: Iterable[str]) -> list[str]:
    """In the order of `known`; all of them if None is given."""
    known = [*known]
    given = known if given is None else _listed(what, given)
    for one in given:
        if one not in known:
            raise errors.Misuse("measure", f"{what} {one!r}", hint=f"There are: {', '.join(known)}.")
    return [one for one in known if one in given]


def _numbers(what: str, given: Some[int], most: int) -> list[int]:
    return sorted({_number(what, one, most) for one in _listed(what, given)})


def _number(what: str, given: int, most: int) -> int:
    if type(given) is not int or not 1 <= given <= most:     # True is an int, too
        raise errors.Misuse("measure", f"{what} {given!r}", hint=f"Give a whole number from 1 to {most:,}.")
    return given
