"""Measurements drawn: equal bytes for equal data, words that say the numbers, and nothing that only colour tells."""

import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest

from ipclab.draw.choosing import CHOICES, choices
from ipclab.draw.costs import cost_parts, parts_of
from ipclab.draw.depths import cost_by_depth, curves_of
from ipclab.draw.figures import NAMES, rate_text, size_text, time_text
from ipclab.draw.measured import latency_by_placement, of_twin, round_trips, throughput_by_size
from ipclab.draw.plot import line
from ipclab.measure import WAYS
from ipclab.measure.results import Latency, Machine, Measurement, Throughput

MACHINE = Machine("a processor", 2, "Linux", "CPython", "gcc", "2026-01-01T00:00:00Z")


def trips(way, twin, size, placement, ns):
    """Two hundred round trips, one of them a thousand times as slow."""
    return Latency.of(way, twin, size, placement, [ns + i for i in range(199)] + [1000 * ns], cpu_ns=ns, switches=2)


def stream(way, twin, size, placement, ns, depth=None, switches=0):
    return Throughput.of(way, twin, size, placement, [ns], cpu_ns=ns, switches=switches, depth=depth)


MEASURED = Measurement(MACHINE, (
    trips("pipe", "c", 64, "same", 4000), trips("pipe", "c", 64, "cross", 20_000),
    trips("tcp", "c", 64, "same", 16_000), trips("tcp", "c", 64, "cross", 32_000),
    trips("signal", "c", 0, "same", 6000),
    trips("pipe", "c", 4096, "same", 5000), trips("pipe", "python", 4096, "same", 5200),
    trips("pipe", "python", 64, "same", 6000), trips("ring", "python", 64, "cross", 800),
), (
    stream("pipe", "c", 64, "same", 500), stream("pipe", "c", 4096, "same", 700),
    stream("pipe", "c", 64, "cross", 400), stream("pipe", "c", 2**20, "cross", 500_000),
    stream("ring", "python", 64, "cross", 200, depth=64), stream("ring", "python", 64, "cross", 900, depth=2),
    stream("ring", "python", 2**20, "cross", 25_000, depth=64), stream("memmove", "c", 2**20, "same", 20_000),
))
DEEP = Measurement(MACHINE, (), (
    *(stream("ring", "ipclab", 64, place, ns / depth, depth, 2 / depth)
      for place, ns in (("same", 8000), ("cross", 40_000)) for depth in (1, 64, 1024)),
    stream("ring", "ipclab", 4096, "same", 9000, 1), stream("pipe", "ipclab", 64, "same", 1500, switches=.005),
))
DRAWERS = {
    "latency": latency_by_placement,
    "ecdf": lambda data: round_trips(data, ("pipe", "ring")),
    "throughput": throughput_by_size,
    "parts": lambda data: cost_parts(data, ("pipe", "tcp")),
    "depths": lambda data: cost_by_depth(replace(data, throughput=DEEP.throughput), ("ring",),
                                         {"pipe": 1000, "tcp": 5000}),
    "choices": choices,
}
pytestmark = pytest.mark.usefixtures("fonts")
EVERY = pytest.mark.parametrize("name", DRAWERS)


@cache
def picture_of(name):
    return DRAWERS[name](MEASURED)


def words(drawing):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(drawing).findall(".//{*}text")]


@EVERY
def test_equal_data_give_equal_bytes(name):
    again = DRAWERS[name](Measurement.from_json(MEASURED.to_json()))
    assert again.html == picture_of(name).html and again.svg == picture_of(name).svg


@EVERY
def test_it_stands_alone_in_two_layouts_without_ids(name):
    picture = picture_of(name)
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img" and root.find("{*}desc").text == picture.summary
    assert "var(" not in picture.svg and not re.search(r"\s(id|clip-path)=|<image|url\(", picture.html)
    assert float(ElementTree.fromstring(picture.narrow).get("width")) <= 320
    assert 'class="ipc-wide"' in picture.html and 'class="ipc-narrow"' in picture.html


@EVERY
def test_letters_are_large_enough_on_a_phone(name):
    sizes = re.findall(r"font-size:([\d.]+)px", picture_of(name).narrow)
    assert all(float(size) >= 11 for size in sizes) and (sizes or name == "choices")


@EVERY
def test_colours_are_those_of_the_page(name):
    assert not re.search(r"#[0-9a-f]{6}", picture_of(name).drawing + picture_of(name).narrow)


def test_no_two_lines_differ_only_in_colour():
    looks = [line(number) for number in range(10)]
    assert len({look["marker"] for look in looks}) == 10
    assert len({(look["color"], str(look["linestyle"])) for look in looks}) == 10


def test_every_latency_is_said_fastest_first():
    picture = picture_of("latency")
    assert [text.split(":")[0] for text in picture.lines] == ["pipe", "signal", "TCP"]
    assert "4.1 µs on one processor (the middle half 4.0 µs to 4.1 µs, 99 % below 4.2 µs)" in picture.lines[0]
    assert "20 µs on two processors" in picture.lines[0]
    assert "multiplies the round trip by 2.0 to 4.9, most for pipe." in picture.summary
    assert {"pipe", "TCP", "median on one processor"} <= set(words(picture.svg))


def test_the_slowest_round_trip_is_said_beside_the_median():
    said, = (text for text in picture_of("ecdf").lines if text.startswith("ring"))
    assert said == ("ring, spinning on two processors: half within 900 ns, 99 % within 997 ns, the slowest 800 µs; "
                    "the mean is 4.9 µs.")


def test_a_rate_is_that_of_the_best_depth():
    lines = "\n".join(picture_of("throughput").lines)
    assert "ring, spinning in Python: 320 MB/s at 64 B, 42 GB/s at 1 MiB." in lines
    assert "pipe in C: 160 MB/s at 64 B, 2.1 GB/s at 1 MiB." in lines and "memory copy in C: 52 GB/s" in lines


def test_the_parts_add_up_to_a_round_trip_in_python():
    for size, trip in ((64, 6099.5), (4096, 5299.5)):
        parts = parts_of(MEASURED, "pipe", size)
        assert sum(parts.named.values()) == pytest.approx(trip / 2)
    assert (parts.calls, parts.copy) == (500, 200)
    assert parts_of(MEASURED, "tcp", 64) is None
    assert "pipe, 64 B: system calls 500 ns, switch 1.5 µs, Python 1.0 µs." in picture_of("parts").lines


def test_a_curve_has_a_point_for_each_depth_and_a_level_the_room_that_it_has():
    picture = picture_of("depths")
    assert picture.lines == (
        "ring, spinning on one processor: 8.0 µs and 2.0 switches with 1; 125 ns and 0.031 switches with 64; 7.8 ns "
        "and 0.002 switches with 1,024.",
        "pipe on one processor: 1.5 µs and 0.005 switches, with room for 1,000.",
        "ring, spinning on two processors: 40 µs and 2.0 switches with 1; 625 ns and 0.031 switches with 64; 39 ns and "
        "0.002 switches with 1,024.")
    assert "with 1,024. Beside it: pipe 1.5 µs. On two" in picture.summary
    for drawing in (picture.drawing, picture.narrow):
        said = words(drawing)
        assert {"pipe", "time, one processor", "switches, two processors", "10 µs", "0.01", "1024"} <= set(said)
        assert "TCP" not in said, "it was not measured"


def test_the_room_of_a_level_is_marked_wherever_it_is():
    levels = [c for c in curves_of(DEEP, ("ring",), {"pipe": 1000}, 64) if c.own]
    assert [(c.way, c.placement, c.own, len(c.rows)) for c in levels] == [("pipe", "same", 1000, 1)]
    near, far = (cost_by_depth(DEEP, ("ring",), {"pipe": own}).drawing for own in (10, 1000))
    assert near != far and words(near) == words(far)


def test_each_branch_is_in_the_words_and_in_both_layouts():
    picture = picture_of("choices")
    for choice, said in zip(CHOICES, picture.lines, strict=True):
        assert choice.question in said and f"Then {choice.answer}. {choice.why}" in said
        for drawing in (picture.drawing, picture.narrow):
            assert f"{choice.question} {choice.answer} {choice.why}" in " ".join(words(drawing))
    assert "pipe: round trip 6.1 µs" in picture.lines[-1]
    assert "ring, spinning: round trip 900 ns, 5.0 million/s" in picture.text


def test_without_figures_the_questions_are_left():
    empty = choices(Measurement(MACHINE))
    assert len(empty.lines) == len(CHOICES) and "round trip" not in empty.text


def test_one_processor_is_enough_to_be_drawn():
    alone = replace(MEASURED, latency=tuple(r for r in MEASURED.latency if r.placement == "same"))
    assert "two processors" not in "".join(latency_by_placement(alone).lines)


def test_an_axis_has_numbers_to_read_by_however_short_it_is():
    near = replace(DEEP, throughput=tuple(stream("ring", "ipclab", 64, "same", ns, n) for ns, n in ((7000, 1), (2500, 64))))
    assert {"2 µs", "5 µs", "10 µs"} <= set(words(cost_by_depth(near, ("ring",), {}).drawing))


def test_units_are_those_that_fit():
    assert [time_text(ns) for ns in (1, 999.4, 999.6, 4_600, 25_000, 3_200_000, 2e9)] == [
        "1.0 ns", "999 ns", "1.0 µs", "4.6 µs", "25 µs", "3.2 ms", "2.0 s"]
    assert [size_text(size) for size in (1, 64, 4096, 2**20)] == ["1 B", "64 B", "4 KiB", "1 MiB"]
    assert [rate_text(ns) for ns in (200, 586, 4179, 1e6)] == ["5.0 million/s", "1.7 million/s", "240,000/s", "1,000/s"]


def test_every_way_that_is_measured_has_a_name():
    assert set(WAYS) <= set(NAMES)


def test_what_only_ipclab_has_counts_as_python():
    ring, pipe = (replace(trips(way, "python", 64, "same", 700), twin="ipclab") for way in ("ring", "pipe"))
    bare = trips("pipe", "python", 64, "same", 600)
    assert of_twin([ring, pipe, bare], "python") == [ring, bare]
    assert of_twin([ring, pipe, bare], "ipclab") == [ring, pipe]


def test_what_carries_nothing_stands_among_the_sizes():
    assert "signal: 6.1 µs on one processor" in picture_of("latency").text


@EVERY
def test_a_picture_says_that_it_is_of_a_part_of_a_run(name):
    part = DRAWERS[name](replace(MEASURED, rounds=4, asked=7))
    said = " Of a part of a run only: 4 of 7 rounds."
    assert part.summary == DRAWERS[name](MEASURED).summary + said and said in part.drawing and said in part.narrow
