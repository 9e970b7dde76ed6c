"""`why_stuck`: look at processes twice, decode what they wait for in between, and say who waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .. import errors
from . import _proc, _wait_files, _wait_objects
from .graph import Process, WaitGraph, rings, stuck_for_good
from .masks import signals
from .states import MEANINGS, State, state
from .waits import Scene, Wait, distinct

__all__ = ["why_stuck"]

TIMERS = ("SIGALRM", "SIGVTALRM", "SIGPROF")             # of setitimer(2), whose timers the kernel shows to nobody
DECODERS = {**_wait_files.DECODERS, **_wait_objects.DECODERS}


@dataclass(frozen=True, slots=True)
class Look:
    """One process at one moment: its threads, and how often each had been switched off and on."""

    threads: tuple[State, ...]
    switches: tuple[tuple[int, str, str], ...]
    timers: tuple[str, ...]          # the timers' signals for which it has a handler


def why_stuck(pids: Iterable[int] | Mapping[int, str] | Mapping[str, int],
              holders: Mapping[str, Iterable[int]] | None = None) -> WaitGraph:
    """Who of `pids` waits for what, held by whom, and whether they can ever go on.

    `pids` may map process ids to the names that the text shall use, or names to process ids, as `running.pids` does.
    The kernel does not record who "holds" a System V semaphore or a message queue, only who used it last (and never
    what SEM_UNDO would give back), and for a futex nobody at all. A caller who knows better, from a trace, says so with
    `holders`: {"System V semaphore 12": [pid, …]}, keyed by `Wait.object`.

    `deadlocked` holds in a closed world: only `pids` use the objects that anybody may use (semaphores, queues, names),
    and no signal comes. Within it the verdict is strict: it takes processes of which every thread slept all through
    the look, without a time-out and without a handler for a timer's signal, and of whose possible wakers every one is
    of the same kind or has ended. Who holds the other end of a pipe, socket or lock is looked up among all
    processes, `pids` or not.

    Processes that vanish meanwhile count as ended. Raises NotPermitted where the kernel does not let us see in which
    call a process sleeps.
    """
    names = _named(pids)
    scene, first = Scene(), {pid: _look(pid) for pid in names}
    waits = [wait for pid, look in first.items() if look for wait in _waits(scene, pid, look)]
    waits = [_hinted(wait, holders or {}) for wait in waits]
    slept = {pid for pid, look in first.items() if look and _asleep(look) and _look(pid) == look}
    return _graph(names, first, slept, waits, scene)


def _named(pids: Iterable[int] | Mapping) -> dict[int, str]:
    if not isinstance(pids, Mapping):
        return {pid: _proc.name_of(pid) for pid in pids}
    return {(value if isinstance(key, str) else key): (key if isinstance(key, str) else value)
            for key, value in pids.items()}


def _look(pid: int) -> Look | None:
    """None if it has ended."""
    try:
        threads = [(state(tid), _proc.status_fields(tid)) for tid in _proc.thread_ids(pid)]
        timers = tuple(name for name in signals(pid).caught if name in TIMERS)
    except errors.NotFound:
        return _look(pid) if not _proc.ended(pid) else None          # a thread ended while we looked: look again
    if _proc.ended(pid):
        return None
    switches = ((s.pid, f["voluntary_ctxt_switches"], f["nonvoluntary_ctxt_switches"]) for s, f in threads)
    return Look(tuple(s for s, _ in threads), tuple(switches), timers)


def _asleep(look: Look) -> bool:
    return all(thread.blocked for thread in look.threads)


def _waits(scene: Scene, pid: int, look: Look) -> list[Wait]:
    found = []
    for thread in look.threads:
        if thread.blocked:
            found += [replace(wait, pid=pid, thread=thread.pid, call=thread.call or "unknown")
                      for wait in _decoded(scene, pid, thread)]
    return found


def _decoded(scene: Scene, pid: int, thread: State) -> list[Wait]:
    unknown = [Wait(purpose="for", object="something", hope="something; we do not know what it waits for")]
    if thread.call is None:
        _proc.read(thread.pid, "syscall", _proc.TRACE_HINT)          # raises if that is why we do not know
    try:
        return DECODERS.get(thread.call, lambda *_: unknown)(scene, pid, thread) or unknown
    except (errors.NotFound, OSError):                               # it went on, or ended, while we looked
        return unknown


def _hinted(wait: Wait, holders: Mapping[str, Iterable[int]]) -> Wait:
    if wait.object not in holders:
        return wait
    return replace(wait, holders=distinct(holders[wait.object]), anyone=False, relation="held by {}")


def _graph(names: dict[int, str], looks: dict[int, Look | None], slept: set[int], waits: list[Wait],
           scene: Scene) -> WaitGraph:
    outside = {pid for wait in waits for pid in wait.holders} - set(names)
    processes = [_process(pid, name, looks[pid], pid in slept) for pid, name in names.items()]
    processes += [Process(pid, _proc.name_of(pid), False, False, _proc.ended(pid), "was not asked about", "")
                  for pid in sorted(outside)]
    hopes = stuck_for_good(processes, waits)
    alive = [p.pid for p in processes if p.inside and not p.ended]
    deadlocked = tuple(pid for pid, hope in hopes.items() if not hope)
    return WaitGraph(tuple(replace(p, hope=hopes.get(p.pid, "")) for p in processes), tuple(waits),
                     rings(waits, alive), deadlocked, _notes(deadlocked, scene))


def _process(pid: int, name: str, look: Look | None, slept: bool) -> Process:
    if look is None:
        return Process(pid, name, True, False, True, "has ended", "")
    main = look.threads[0]
    moved = "went on while we looked" if _asleep(look) and not slept else f"is {MEANINGS.get(main.letter, 'unknown')}"
    timer = f"it has a handler for {look.timers[0]}, so it may have set a timer" if look.timers else ""
    return Process(pid, name, True, slept, False, moved, timer)


def _notes(deadlocked: tuple[int, ...], scene: Scene) -> tuple[str, ...]:
    if not deadlocked or not scene.holdings.unseen:
        return ()
    return (f"{scene.holdings.unseen} processes of other users could not be looked into; "
            "this takes it that none of them has a part in these waits.",)
