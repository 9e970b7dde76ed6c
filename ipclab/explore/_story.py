"""A failing schedule, told: what each process did, what came of it, and when all was lost."""

from __future__ import annotations

from collections.abc import Iterator

from ..trace import Event
from ._engine import Engine, State
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
    final = engine.final(state)
    wrong = engine.system.wrong(final) if not state.enabled else ""
    trace = engine.trace()
    engine.telling = False
    names = tuple(engine.names[p] for p in schedule)
    story = tuple(_lines(trace.events, names, critical))
    sizes = {"steps": len(schedule), "switches": switches(schedule)}
    if not wrong:
        return Verdict(NOT_FINISHED, "this schedule goes well", sizes, story, names)
    return Verdict(REFUTED, wrong, sizes, story, names, critical, trace)


def switches(schedule: bytes) -> int:
    return sum(a != b for a, b in zip(schedule, schedule[1:], strict=False))


def _lines(events: tuple[Event, ...], schedule: tuple[str, ...], critical: int | None) -> Iterator[str]:
    done = [event for event in events if event.end is not None]
    for step, event in enumerate(done):
        mark = "  ← from here on it cannot end well" if step == critical else ""
        yield f"{step + 1}. {event.process}: {_told(event)}{mark}"
    for event in events:
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
        if not state.enabled and not engine.system.wrong(engine.final(state)):
            return True
        todo += [(state, p) for p in state.enabled]
    hopeless |= seen | {start.key}
    return False
