"""What the kernel says, drawn: who waits for whom, who has what open, signal masks, a pipe's fill, pages and frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..kernel import Descriptor, SharedFrames, SignalState, WaitGraph
from . import svg
from .columns import Box, Link, linked
from .picture import Picture
from .text import cells, visible

__all__ = ["descriptor_table", "page_tables", "pipe_gauge", "signal_masks", "wait_graph"]

MARGIN = 16


def wait_graph(graph: WaitGraph, *, title: str = "Who waits for whom") -> Picture:
    """`kernel.why_stuck(…)` as a resource graph: from each process to what it waits for (hatched line), and from there
    to the processes that could end the wait. A ring of those that can never go on stands out."""
    stuck = set(graph.deadlocked)
    names = {p.pid: p.name for p in graph.processes}
    processes = [Box(p.pid, (p.name, _state(p, stuck)), "bad" if p.pid in stuck else f"c{i % svg.COLOURS}",
                     bold=p.pid in stuck) for i, p in enumerate(graph.processes)]
    objects = {w.object: Box(w.object, (w.object, *filter(None, [w.condition, _relation(w, names)])), _rim(w, stuck))
               for w in graph.waits}
    waits = dict.fromkeys(Link(w.pid, w.object, "leave", _rim(w, stuck)) for w in graph.waits)
    holds = dict.fromkeys(Link(w.object, pid, "msg", _rim(w, stuck)) for w in graph.waits for pid in w.holders)
    *sentences, = str(graph).splitlines()
    verdict = [s for s in sentences if s.startswith(("Deadlock", "A ring"))] or ["No ring of processes."]
    body, width, height = linked([("processes", processes), ("what they wait for", list(objects.values()))],
                                 [*waits, *holds], ["dotted: waits for · solid: can be ended by", *verdict])
    return _picture("Wait graph", title, body, width, height, " ".join(verdict), sentences)


def _rim(wait, stuck: set[int]) -> str:
    return "bad" if wait.pid in stuck else "c5"


def _state(process, stuck: set[int]) -> str:
    said = "can never go on" if process.pid in stuck else "waits" if process.blocked else process.doing
    return f"pid {process.pid}, {said}"


def _relation(wait, names: dict[int, str]) -> str:
    if wait.holders:
        return wait.relation.format(", ".join("itself" if pid == wait.pid else names[pid] for pid in wait.holders))
    return "anybody may end the wait" if wait.anyone else "nobody holds it"


def descriptor_table(tables: Mapping[str, Iterable[Descriptor]], *, title: str = "Who has what open") -> Picture:
    """The descriptor tables of several processes (`{"parent": kernel.descriptors(pid), …}`), each entry leading to what
    it was opened for, and from there to the pipe or file itself: through a pipe's reading end data comes out of it."""
    entries = [(name, d) for name, rows in tables.items() for d in rows]
    called = _called(d for _, d in entries)
    left, middle, right, links, lines = [], {}, {}, {}, []
    for name, d in entries:
        colour = f"c{list(tables).index(name) % svg.COLOURS}"
        end, thing = (d.inode, d.mode), called[d.inode]
        left.append(Box((name, d.fd), (f"{name}: {d.fd}",), colour, name))
        middle[end] = Box(end, (f"{d.mode} end" if d.kind in ("pipe", "fifo") else WAYS[d.mode],))
        right[thing] = Box(thing, (_tail(thing), *_users(entries, d)))
        links |= dict.fromkeys([Link((name, d.fd), end, "msg", colour), *_flow(end, thing, d)])
        lines.append(f"{visible(name)}: descriptor {d.fd} {VERBS[d.mode]} {visible(thing)}"
                     + (", closed by exec" if d.cloexec else "") + ".")
    body, width, height = linked([("descriptor tables", left), ("opened as", list(middle.values())),
                                  ("what is open", list(right.values()))], list(links))
    summary = f"{len(tables)} processes, {len(entries)} descriptors, {len(right)} things open."
    return _picture("Descriptor tables", title, body, width, height, summary, lines)


WAYS = {"read": "open for reading", "write": "open for writing", "both": "open for both", "path": "path only"}
VERBS = {"read": "reads from", "write": "writes to", "both": "reads and writes", "path": "only names"}


def _flow(end: object, thing: str, d: Descriptor) -> list[Link]:
    """Data flows into what is written and out of what is read."""
    return [Link(thing, end) if d.mode == "read" else Link(end, thing)] + [Link(thing, end)] * (d.mode == "both")


def _tail(name: str, most: int = 32) -> str:
    """Of a long path its end says most."""
    return name if len(name) <= most else "…" + name[1 - most:]


def _called(rows: Iterable[Descriptor]) -> dict[int, str]:
    """Pipes and sockets by number in order of appearance, since their inodes tell a reader nothing; files by path."""
    called: dict[int, str] = {}
    for d in rows:
        if d.kind in ("pipe", "socket") and d.inode not in called:
            called[d.inode] = f"{d.kind} {1 + sum(name.startswith(d.kind) for name in called.values())}"
        called.setdefault(d.inode, d.target)
    return called


def _users(entries: list[tuple[str, Descriptor]], of: Descriptor) -> list[str]:
    if of.kind not in ("pipe", "fifo"):
        return []
    modes = [d.mode for _, d in entries if d.inode == of.inode]
    can_read, can_write = (sum(mode in (way, "both") for mode in modes) for way in ("read", "write"))
    return [f"{can_read} can read, {can_write} can write"]


def page_tables(frames: SharedFrames, *, title: str = "Two page tables, one memory") -> Picture:
    """`kernel.shared_frames(…)`: pages of two processes, each at an address of its own, and the physical frames behind
    them. Two arrows into one frame are shared memory."""
    found = dict.fromkeys(f for p in frames.pages for f in (p.frame_a, p.frame_b) if f is not None)
    a, b = f"{frames.name_a} (pid {frames.pid_a})", f"{frames.name_b} (pid {frames.pid_b})"
    left = [Box(("a", p.address_a), (f"{p.address_a:#x}", *_absent(p.frame_a)), "c0", "a") for p in frames.pages]
    right = [Box(("b", p.address_b), (f"{p.address_b:#x}", *_absent(p.frame_b)), "c1", "b") for p in frames.pages]
    shared = {p.frame_a for p in frames.pages if p.same}
    middle = [Box(f, (f"frame {f}", "one frame for both"), "c2", bold=True) if f in shared else Box(f, (f"frame {f}",))
              for f in found]
    links = [Link(("a", p.address_a), p.frame_a, "msg", "c0") for p in frames.pages if p.frame_a is not None]
    links += [Link(("b", p.address_b), p.frame_b, "msg", "c1") for p in frames.pages if p.frame_b is not None]
    body, width, height = linked([(a, left), ("physical memory", middle), (b, right)], links)
    lines = [f"{p.address_a:#x} in {visible(a)} is {_frame(p.frame_a)}; {p.address_b:#x} in {visible(b)} is "
             f"{_frame(p.frame_b)}: {'the same' if p.same else 'not the same'}." for p in frames.pages]
    summary = "Every page of both lies in the same frame." if frames.same else "Not all pages lie in the same frames."
    return _picture("Page tables", title, body, width, height, summary, lines)


def _absent(frame: int | None) -> tuple[str, ...]:
    return () if frame is not None else ("not in memory",)


def _frame(frame: int | None) -> str:
    return "not in memory" if frame is None else f"in frame {frame}"


def signal_masks(*states: SignalState, title: str = "What becomes of each signal") -> Picture:
    """`kernel.signals(pid)` of one or several processes: which signals are blocked, ignored, caught or pending there.
    Signals of which none of these is true have their default action and are left out."""
    rows = [(state, name) for state in states for name in _listed(state)]
    wide = max([cells(f"{s.name} {name}") for s, name in rows] + [20]) * 7.25 + 2 * MARGIN
    body = [svg.text(wide + 90 * i + 45, 22, column, "q m") for i, column in enumerate(COLUMNS)]
    for i, (state, name) in enumerate(rows):
        y = 52 + 26 * i
        colour = f"c{states.index(state) % svg.COLOURS}"
        if i % 2 == 0:
            stripe = f"M0 {y}h{svg.number(wide + 90 * len(COLUMNS))}"
            body.append(svg.tag("path", d=stripe, kind="zebra", stroke_width=26))
        said = _said(state, name)
        marks = "".join(svg.tag("circle", cx=float(wide + 90 * j + 45), cy=y, r=6, kind="give") if column in said else
                        svg.text(wide + 90 * j + 45, y, "·", "q m") for j, column in enumerate(COLUMNS))
        words = svg.text(MARGIN, y, state.name, "h") + svg.text(MARGIN + cells(state.name) * 8.6 + 10, y, name)
        body.append(svg.tag("g", words + marks, kind=colour))
    lines = [f"{visible(state.name)}: {name} is {' and '.join(_said(state, name))}." for state, name in rows]
    summary = "; ".join(f"{visible(s.name)} (pid {s.pid}): {len(_listed(s))} signals" for s in states) + "."
    return _picture("Signal masks", title, "".join(body), wide + 90 * len(COLUMNS) + MARGIN, 60 + 26 * len(rows),
                    summary, lines)


COLUMNS = {"blocked": ("blocked",), "ignored": ("ignored",), "caught": ("caught",),
           "pending": ("pending", "shared_pending")}


def _listed(state: SignalState) -> list[str]:
    fields = [field for fields in COLUMNS.values() for field in fields]
    return list(dict.fromkeys(name for field in fields for name in getattr(state, field)))


def _said(state: SignalState, name: str) -> list[str]:
    return [column for column, fields in COLUMNS.items() if any(name in getattr(state, field) for field in fields)]


def pipe_gauge(waiting: int, capacity: int, *, unit: str = "bytes", title: str = "How full the pipe is") -> Picture:
    """How much of a bounded channel is taken: what waits in it, against what it holds at most."""
    part = min(max(waiting / capacity, 0), 1) if capacity else 0
    said = f"{waiting:,} of {capacity:,} {unit} wait; " + ("it is full." if waiting >= capacity else
                                                           f"{capacity - waiting:,} {unit} more fit.")
    left, wide, top = MARGIN, 420, 22
    hatch = "".join(_stroke(left, top, offset, round(wide * part)) for offset in range(-27, round(wide * part), 8))
    body = [svg.tag("rect", x=left, y=top, width=wide, height=34, rx=3, kind="pill"),
            svg.tag("rect", x=left, y=top, width=float(wide * part), height=34, rx=3, kind="give", opacity=".35"),
            svg.tag("path", d=hatch, kind="hatch") if hatch else "",
            svg.tag("rect", x=left, y=top, width=wide, height=34, rx=3, kind="pill", fill_opacity=0)]
    labels = [svg.text(left, top + 48, "0", "q"), svg.text(left + wide, top + 48, f"{capacity:,}", "q r"),
              svg.text(left, top + 70, said, "h")]
    drawn = svg.tag("g", "".join(body), kind="c0") + "".join(labels)
    return _picture("Gauge", title, drawn, wide + 2 * MARGIN, 110, said, ())


def _stroke(left: int, top: int, offset: int, wide: int, tall: int = 34) -> str:
    """One diagonal of the hatching, cut off where the bar ends."""
    x = max(offset, 0)
    long = min(tall - (x - offset), wide - x)
    return f"M{left + x} {top + tall - (x - offset)}l{long}-{long}"


def _picture(what: str, title: str, body: str, width: float, height: float, summary: str,
             lines: Iterable[str]) -> Picture:
    return Picture(svg.document(width, height, f"{what}: {title}", summary, body), title, summary, tuple(lines))
