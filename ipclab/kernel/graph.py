"""Who waits for whom, as plain data: the rings, the verdict, and the sentences. It looks at nothing; `stuck` does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from .waits import Wait

__all__ = ["Process", "WaitGraph", "rings", "stuck_for_good"]


@dataclass(frozen=True, slots=True)
class Process:
    """A node of the graph."""

    pid: int
    name: str
    inside: bool                     # asked about, and not only named as somebody's holder
    blocked: bool                    # every thread slept in the kernel all through the look
    ended: bool                      # a zombie, or gone: it will never wake anybody again
    doing: str                       # what it does, in words
    hope: str                        # why it may still go on; "" if it cannot, or has ended


@dataclass(frozen=True, slots=True)
class WaitGraph:
    """Processes, and on what and on whom they wait.

    `cycles`: rings of processes in which each waits for the next. A ring alone is no deadlock: somebody else may be
    able to end one of its waits.
    `deadlocked`: those that can never go on, in the closed world of the processes asked about. See `why_stuck`.
    """

    processes: tuple[Process, ...]
    waits: tuple[Wait, ...]
    cycles: tuple[tuple[int, ...], ...]
    deadlocked: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([*self._sentences(), *self._verdict(), *self.notes])

    def process(self, pid: int) -> Process:
        """The process with that id; StopIteration if it was not asked about."""
        return next(p for p in self.processes if p.pid == pid)

    def waits_of(self, pid: int) -> tuple[Wait, ...]:
        """What the process with that id waits for: one Wait for each of its threads that waits."""
        return tuple(w for w in self.waits if w.pid == pid)

    def _who(self, pid: int, me: int | None = None) -> str:
        return "itself" if pid == me else f"{self.process(pid).name} (pid {pid})"

    def _sentences(self) -> Iterable[str]:
        for process in self.processes:
            waits = self.waits_of(process.pid)
            if process.inside and not waits:
                yield f"{self._who(process.pid)} {process.doing}."
            yield from map(self._sentence, waits)

    def _sentence(self, wait: Wait) -> str:
        thread = f", thread {wait.thread}," if wait.thread != wait.pid else ""
        holders = _listed(self._who(pid, wait.pid) for pid in wait.holders)
        known = wait.relation.format(holders) if holders or "{}" not in wait.relation else ""
        end = f", {known}." if known else "."
        return f"{self._who(wait.pid)}{thread} waits in {wait.call}(2) {wait.purpose} {wait.what}{end}"

    def _verdict(self) -> Iterable[str]:
        for ring in self.cycles:
            names = " → ".join(self._who(pid) for pid in (*ring, ring[0]))
            yield f"{'Deadlock' if set(ring) <= set(self.deadlocked) else 'A ring, but no deadlock'}: {names}."
        if self.deadlocked:
            verb, whose = ("is", "its wait") if len(self.deadlocked) == 1 else ("are", "their waits")
            stuck = _listed(map(self._who, self.deadlocked))
            yield f"{stuck} {verb} stuck for good: nobody is left who could end {whose}."
        yield from (f"{self._who(p.pid)} may still go on: {p.hope}." for p in self.processes if p.inside and p.hope)


def stuck_for_good(processes: Iterable[Process], waits: Iterable[Wait]) -> dict[int, str]:
    """For each process asked about that has not ended: "" if it can never go on, else why it may. A hope that it
    comes with, it keeps.

    The largest set of blocked processes of whose waits each can be ended only by members of the set, or by nobody.
    """
    processes, waits = list(processes), list(waits)
    dead = {p.pid for p in processes if p.ended}
    inside = {p.pid: p for p in processes if p.inside and not p.ended}
    hopes = {pid: p.hope if p.blocked else f"it {p.doing}" for pid, p in inside.items()}
    names = {p.pid: f"{p.name} (pid {p.pid})" for p in processes}
    changed = True
    while changed:
        changed = False
        for wait in waits:
            if wait.pid in hopes and not hopes[wait.pid]:
                hopes[wait.pid] = _hope(wait, hopes, dead, names)
                changed |= bool(hopes[wait.pid])
    return hopes


def _hope(wait: Wait, hopes: dict[int, str], dead: set[int], names: dict[int, str]) -> str:
    if wait.hope:
        return f"its wait may be ended by {wait.hope}"
    wakers = set(wait.holders) | (set(hopes) if wait.anyone else set())
    for pid in sorted(wakers - dead):
        if pid not in hopes:
            return f"{names[pid]}, which was not asked about, may end its wait"
        if hopes[pid]:
            return f"{names[pid]} may end its wait"
    return ""


def rings(waits: Iterable[Wait], others: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    """Through each process its shortest ring, each ring once, from the process on that was asked about first.

    Where the kernel names nobody for an object that everybody may use, any of `others` stands for whom it needs. That a
    process needs itself counts only where it needs nobody else.
    """
    needs: dict[int, set[int]] = {}                        # in the order asked: pids say nothing, since they wrap around
    for wait in waits:
        open_to = set(others) if wait.anyone and not wait.holders else set()
        needs.setdefault(wait.pid, set()).update(set(wait.holders or open_to) - {wait.pid} or wait.holders)
    waiting = {pid: [other for other in needs if other in wanted] for pid, wanted in needs.items()}
    found = (_shortest_ring(pid, waiting) for pid in waiting)
    return tuple(dict.fromkeys(_from_first(ring, [*waiting]) for ring in found if ring))


def _shortest_ring(start: int, needs: dict[int, list[int]]) -> tuple[int, ...]:
    paths = deque([(start,)])
    seen = set()
    while paths:
        path = paths.popleft()
        for following in needs[path[-1]]:
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                paths.append((*path, following))
    return ()


def _from_first(ring: tuple[int, ...], order: list[int]) -> tuple[int, ...]:
    at = ring.index(min(ring, key=order.index))
    return ring[at:] + ring[:at]


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
