"""A failing schedule, told: what each process did, what came of it, and when all was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..trace import Event, Trace
from ._engine import Engine
from ._search import switches
from ._states import ENDS, Outcome, State
from .verdict import NOT_FINISHED, REFUTED, Verdict

__all__ = ["last_chance", "retold"]


def retold(engine: Engine, schedule: bytes, critical: int | None) -> Verdict:
    """Run `schedule` once more, with every event recorded."""
    engine.telling = True
    state = engine.go_to()
    for process in schedule:
        if process not in state.enabled:
            what = state.pending[process]
            return Verdict(NOT_FINISHED, f"{engine.names[process]} cannot go on there: it is before {what}")
        state = engine.step(state, process)
    wrong = engine.system.wrong(engine.final(state)) if not state.enabled else ""
    trace = _without_the_killed(engine.trace(), state, engine.names)
    engine.telling = False
    names = tuple(engine.names[p] for p in schedule)
    sizes = {"steps": len(schedule), "switches": switches(schedule)}
    story = tuple(_lines(trace, state, engine.names, critical))
    if not wrong:
        return Verdict(NOT_FINISHED, "this schedule goes well", sizes, story, names)
    return Verdict(REFUTED, wrong, sizes, story, names, critical, trace)


def _without_the_killed(trace: Trace, state: State, names: list[str]) -> Trace:
    """What a process was about to do when it was killed is not waited for any more."""
    killed = {names[p] for p, what in enumerate(state.pending) if isinstance(what, Outcome) and what.how == "killed"}
    events = tuple(e for e in trace.events if e.end is not None or e.process not in killed)
    return replace(trace, events=events, notes=tuple(f"{name} was killed" for name in sorted(killed)))


def _lines(trace: Trace, state: State, names: list[str], critical: int | None) -> Iterator[str]:
    events, count = {event.key: event for event in trace.events}, Counter()
    for step, (process, (operation, _)) in enumerate(zip(state.schedule, state.log, strict=True)):
        name = names[process]
        if operation.kind in ENDS:
            told = "is killed (SIGKILL)" if operation.kind == "SIGKILL" else "ends"
        else:
            told = _told(events[name, count[name]])
            count[name] += 1
        yield f"{step + 1}. {name}: {told}" + ("  ← from here on it cannot end well" if step == critical else "")
    for event in trace.events:
        if event.end is None:
            yield f"   {event.process} waits: {_told(event)}"


def _told(event: Event) -> str:
    given = "" if event.argument is None or event.role != "give" else repr(event.argument)
    became = f" → {event.error or event.result!r}" if event.error or event.result is not None else ""
    where = f"  (line {event.line})" if event.line else ""
    return f"{event.kind}({given}) on {event.object}{became}{where}"


def last_chance(engine: Engine, failed: State, budget: Iterator[None]) -> int | None:
    """The first step of a failing run after which every continuation fails; None if not found out, or if all do."""
    way = _states(engine, failed.schedule)
    hopeless: set[tuple] = {way[-1].key}
    for step in range(len(failed.schedule) - 1, -1, -1):
        good = _good_end(engine, way[step], hopeless, budget)
        if good is None:
            return None
        if good:
            return step
    return None


def _states(engine: Engine, schedule: bytes) -> list[State]:
    states = [engine.go_to()]
    for process in schedule:
        states.append(engine.step(states[-1], process))
    return states


def _good_end(engine: Engine, start: State, hopeless: set[tuple], budget: Iterator[None]) -> bool | None:
    """Can a run go on from `start` to a good end? States from which none can are added to `hopeless`."""
    seen: set[tuple] = set()
    todo: list[tuple[State, int]] = [(start, p) for p in start.enabled]
    at = None
    while todo:
        state, process = todo.pop()
        if at is not state:
            if next(budget, budget) is budget:
                return None
            engine.go_to(state)
        at = state = engine.step(state, process)
        if state.key in hopeless or state.key in seen:
            continue
        seen.add(state.key)
        if state.cut:
            return None                                      # how it would have ended nobody knows
        if not state.enabled and not engine.system.wrong(engine.final(state)):
            return True
        todo += [(state, p) for p in sorted(state.enabled, key=lambda p: p == process)]     # who is at work goes on
    hopeless |= seen | {start.key}
    return False
