"""The diagram as bytes: equal for equal traces, small, safe, complete."""

import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from runs import bounded_buffer, deadlock

from ipclab import Semaphore, System, process
from ipclab.draw import space_time
from ipclab.explore.crashes import every_death_here
from ipclab.trace import Event, Object, Trace

HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "it's & \"that\"", "two\nlines\ttab",
           "\u202eRTL\u2066", "שלום", "生产者", "\ud800", "]]>", "{title}", "e\u0301", "</style>", "--><!--", "x" * 300]


def stretched(trace: Trace) -> Trace:
    """The same trace with other clock times in the same order."""
    times = sorted({t for e in trace for t in (e.start, e.end) if t is not None})
    other = dict(zip(times, sorted(random.Random(7).sample(range(10**12), len(times))), strict=True))
    return replace(trace, events=tuple(replace(e, start=other[e.start], end=other.get(e.end)) for e in trace))


def hostile() -> Trace:
    families = ["pipe", "System V semaphore"] * 7
    objects = tuple(Object(text, family, 1) for text, family in zip(HOSTILE, families, strict=True))
    events = [Event(HOSTILE[i % 5], i // 5, "send", o.label, "give", argument=o.label, start=i, end=i + 1,
                    error=HOSTILE[i] if i % 3 else "", function=o.label) for i, o in enumerate(objects)]
    return Trace(tuple(HOSTILE[:5]), objects, tuple(events), notes=(HOSTILE[0],))


@pytest.mark.parametrize("run", [bounded_buffer, deadlock])
def test_equal_traces_give_equal_bytes(run):
    trace = run()
    first, second = space_time(trace, title="one"), space_time(stretched(trace), title="one")
    assert first.html == second.html and first.svg == second.svg and first.text == second.text
    assert space_time(Trace.from_json(trace.to_json()), title="one").html == first.html


def test_a_picture_has_no_ids_so_that_a_page_may_hold_it_twice():
    assert not re.search(r"\sid=", space_time(bounded_buffer()).html)


def test_the_svg_stands_alone():
    svg = space_time(bounded_buffer()).svg
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label").startswith("Space-time diagram: ")
    assert root.find("{*}desc").text.startswith("Processes: producer, consumer.")
    assert "var(" not in svg and "light-dark" not in svg


def test_every_step_wait_and_value_is_drawn():
    picture = space_time(deadlock())
    words = ["".join(t.itertext()) for t in ElementTree.fromstring(picture.svg).findall(".//{*}text")]
    assert {"first", "second", "A", "B", "P A", "P B", "1 → 0"} <= set(words)
    assert {"waits for A", "waits for B", "never returned"} <= set(words)
    assert {"1", "2", "3", "4"} <= set(words)


def test_a_death_is_marked_where_the_lane_ends():
    def system():
        mutex = Semaphore(1, label="mutex")

        def enter():
            with mutex.held():
                pass

        return System(process(enter, name="a"), process(enter, name="b"))

    death, = (d for d in every_death_here(system, victims=["a"]).harmful)
    picture = space_time(death.verdict.trace)
    words = ["".join(t.itertext()) for t in ElementTree.fromstring(picture.svg).findall(".//{*}text")]
    assert words.count("killed") == 1 and "a was killed after step 1." in picture.summary
    assert "Note:" not in picture.summary
    lanes = [float(d) for d in re.findall(r'<path d="M[\d.]+ 40V([\d.]+)"', picture.drawing)]
    assert lanes[0] < lanes[1]                              # a's ends, b's goes on to the bottom


def test_a_process_killed_before_it_did_anything_is_marked_too():
    trace = Trace(("a", "b"), (), (Event("b", 0, "P", "s", "take", start=1, end=2),), notes=("a was killed",))
    assert "a was killed before its first step." in space_time(trace).text


class Counting(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.events = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.events += [name for name, _ in attributes if name.startswith("on")]


def test_hostile_names_stay_text():
    picture = space_time(hostile(), title=HOSTILE[0])
    parser = Counting()
    parser.feed(picture.html)
    assert parser.tags.count("script") == 1 and parser.tags.count("style") == 1 and not parser.events
    assert "img" not in parser.tags
    assert not set(picture.html + picture.text) & set("\u202e\u2066\ud800\t\x00")
    ElementTree.fromstring(picture.svg)
    picture.html.encode()


def test_a_text_has_one_line_a_step_even_with_hostile_names():
    assert len(space_time(hostile()).text.splitlines()) == 1 + len(HOSTILE)


@pytest.mark.parametrize("events", [500, 20_000])
def test_a_long_trace_is_folded_and_small(tmp_path, events):
    objects = (Object("mutex", "System V semaphore", 1),)
    trace = Trace(("a", "b"), objects, tuple(
        Event("ab"[i // 2 % 2], i // 4 * 2 + i % 2, "VP"[i % 2 == 0], "mutex", "give" if i % 2 else "take",
              start=10 * i, end=10 * i + 5, line=i % 90 + 1) for i in range(events)))
    picture = space_time(trace)
    page = picture.save(tmp_path / "page.html")
    assert page.stat().st_size < 100_000
    assert "are not drawn" in picture.svg
    assert len(picture.text.splitlines()) == events + 1


def test_show_says_how_many_steps_are_drawn():
    trace = bounded_buffer()
    drawn = re.findall(r"steps (\d+) to (\d+) are not drawn", space_time(trace, show=10).svg)
    assert drawn == [("7", "26")]
    assert "are not drawn" not in space_time(trace, show=30).svg


def test_an_empty_trace_and_an_idle_process_are_pictures_too():
    assert "Steps: 0" in space_time(Trace()).text
    ElementTree.fromstring(space_time(Trace()).svg)
    idle = space_time(Trace(("a", "idle"), (), (Event("a", 0, "P", "s", "take", start=1, end=2),)))
    assert ">idle<" in idle.svg


def test_a_cell_shows_html_and_text():
    bundle = space_time(bounded_buffer())._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/html"].startswith("<figure") and "P mutex" in bundle["text/plain"]


def test_the_saved_page_needs_nothing_else(tmp_path):
    page = space_time(bounded_buffer(), title="A title").save(tmp_path / "page.html").read_text()
    assert not re.search(r"(src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
    assert "<title>A title</title>" in page and "<h1>A title</h1>" in page
