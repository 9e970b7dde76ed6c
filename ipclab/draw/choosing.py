"""Which mechanism to choose when: a chain of questions, each with the answer that a yes leads to, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from . import svg
from .figures import NAMES, TWINS, if_in_part, rate_text, time_text
from .measured import NARROW, WIDE, of_twin
from .picture import Picture

__all__ = ["CHOICES", "Choice", "choices"]

LINE, PAD, GAP = 18, 11, 26
WIDTHS = {"h": 8.0, "s": 7.0, "q": 6.5}  # of a character


@dataclass(frozen=True)
class Choice:
    """If `question` is answered with yes, take `answer`, `why`. `ways` are those whose figures stand below it."""

    question: str
    answer: str
    why: str
    ways: tuple[str, ...] = ()


CHOICES = (
    Choice("Must it reach another machine?", "TCP", "Nothing else here does.", ("tcp",)),
    Choice("Is “it has happened” all there is to say?", "a signal, or an eventfd",
           "Equal signals merge into one; an eventfd counts them, and waits until it is read.", ("signal", "eventfd")),
    Choice("Must messages outlive the processes?", "a message queue",
           "It keeps them in the kernel until somebody takes them. Mind its limits.",
           ("posix_queue", "system_v_queue")),
    Choice("Do several clients want answers, or does a death have to be noticed?", "a UNIX socket",
           "Each client has a connection of its own, and its end is told.", ("unix_stream",)),
    Choice("Very many messages, or large ones, and an idle processor for each side?", "a ring that spins",
           "No system call and no switch, as long as both really run.", ("ring",)),
    Choice("Very many messages, or large ones, on processors that others need too?", "a ring that blocks",
           "With 64 slots or more hardly anybody ever sleeps.", ("blocking_ring",)),
    Choice("None of these?", "a pipe, or a FIFO if it needs a name",
           "Simple, it waits by itself, and the end of file tells you when it is over.", ("pipe", "fifo")),
)


def choices(measurement: Any, *, twin: str = "python", title: str = "Which mechanism, when?",
            chain: Sequence[Choice] = CHOICES) -> Picture:
    """The chain, with what each answer costs in `measurement`: a round trip on one processor, and messages a second."""
    figures = [[f for way in choice.ways if (f := _figures(measurement, way, twin))] for choice in chain]
    lines = [f"{i}. {c.question} Then {c.answer}. {c.why} {'; '.join(said)}" + ("." if said else "")
             for i, (c, said) in enumerate(zip(chain, figures, strict=True), 1)]
    summary = (f"{len(chain)} questions, to be asked from the top. The first that you answer with yes names the "
               f"mechanism; a no leads on to the next. Figures are of 64-byte messages in {TWINS[twin]}."
               + if_in_part(measurement))
    wide, narrow = (_drawn(chain, figures, title, summary, wide) for wide in (True, False))
    return Picture(wide, title, summary, tuple(lines), narrow=narrow)


def _figures(measurement: Any, way: str, twin: str) -> str:
    """What is known of it: "pipe: round trip 5.9 µs, 1.7 million/s". A spinning ring's trip is that on two."""
    placement = "cross" if way == "ring" else "same"
    trips = [r.median for r in of_twin(measurement.latency, twin)
             if r.way == way and r.size in (64, 0) and r.placement == placement]
    streams = [r.ns for r in of_twin(measurement.throughput, twin) if (r.way, r.size) == (way, 64)]
    known = [f"round trip {time_text(ns)}" for ns in trips[:1]] + [rate_text(ns) for ns in sorted(streams)[:1]]
    return f"{NAMES[way]}: {', '.join(known)}" if known else ""


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    width: float
    lines: tuple[tuple[str, str], ...]       # text and its class

    @property
    def height(self) -> float:
        return 2 * PAD + LINE * len(self.lines) - 4

    def drawn(self, colour: str, round_: int) -> str:
        frame = svg.tag("rect", x=self.x, y=self.y, width=self.width, height=self.height, rx=round_, kind="pill")
        words = [svg.text(self.x + 12, self.y + PAD + 6 + LINE * i, text, kind)
                 for i, (text, kind) in enumerate(self.lines)]
        return svg.tag("g", frame + "".join(words), kind=colour)


def _box(x: float, y: float, width: float, *texts: tuple[str, str]) -> _Box:
    return _Box(x, y, width, tuple((line, kind) for text, kind in texts
                                   for line in wrap(text, int((width - 22) / WIDTHS[kind]))))


def _drawn(chain: Sequence[Choice], figures: Sequence, title: str, summary: str, wide: bool) -> str:
    """Wide: the questions on the left, each answer beside its own. Narrow: each answer below, moved to the right."""
    left, asked, answered, beside = (6, 254, 312, 302) if wide else (4, NARROW - 8, NARROW - 44, 40)
    body, y, former = [], 8.0, None
    for i, (choice, said) in enumerate(zip(chain, figures, strict=True)):
        question = _box(left, y, asked, (choice.question, "h"))
        below = y if wide else y + question.height + GAP
        answer = _box(beside, below, answered, (choice.answer, "h"), (choice.why, "s"), *((s, "q") for s in said))
        if former:
            body.append(_down(former, question))
        last = i == len(chain) - 1
        body += [question.drawn("c5", 14), answer.drawn("c2" if last else "c0", 3), _yes(question, answer, wide)]
        former, y = question, max(question.y + question.height, answer.y + answer.height) + (18 if wide else GAP)
    return svg.document(WIDE if wide else NARROW, y - 8, title, summary, "".join(body))


def _down(former: _Box, question: _Box) -> str:
    """From a question to the next, for a no."""
    x, start, end = former.x + 18, former.y + former.height, question.y
    path = svg.tag("path", d=f"M{svg.number(x)} {svg.number(start)}V{svg.number(end - 6)}", kind="msg")
    return svg.tag("g", path + svg.arrow_tip(x, end, 0, 1, 8), kind="c5") + svg.text(x + 7, start + 10, "no", "q")


def _yes(question: _Box, answer: _Box, wide: bool) -> str:
    n = svg.number
    if wide:
        y, start, end = question.y + min(question.height, answer.height) / 2, question.x + question.width, answer.x
        path, tip = f"M{n(start)} {n(y)}H{n(end - 6)}", svg.arrow_tip(end, y, 1, 0, 8)
        word = svg.text((start + end) / 2 - 3, y - 9, "yes", "q m")
    else:
        x, start, end = question.x + 90, question.y + question.height, answer.y
        path, tip = f"M{n(x)} {n(start)}V{n(end - 6)}", svg.arrow_tip(x, end, 0, 1, 8)
        word = svg.text(x + 7, start + 11, "yes", "q")
    return svg.tag("g", svg.tag("path", d=path, kind="msg") + tip, kind="c0") + word
