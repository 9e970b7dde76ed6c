"""Results as data: statistics, files, and what a bad file gets."""

import json
import math
from dataclasses import replace

import pytest

from ipclab import errors
from ipclab.measure import Latency, Machine, Measurement, Throughput, ecdf, load, quantile, save
from ipclab.measure import tables

HERE = Machine("some processor", 2, "Linux 6.18", "CPython 3.11.7", None, "2026-11-26T00:00:00+00:00", load=.5)
PIPE = Latency.of("pipe", "c", 64, "same", [4000, 6000, 5000, 90_000], cpu_ns=4500, switches=2, syscalls=4)
RING = Throughput.of("ring", "ipclab", 2**20, "cross", [25_000, 20_000, 30_000], cpu_ns=41_000, switches=0, depth=4)
FOUND = Measurement(HERE, (PIPE,), (RING,), seed=3, rounds=3, notes=("There is no strace.",))


def test_quantiles_are_interpolated_between_the_ordered_numbers():
    assert [quantile([10, 20, 30], q) for q in (0, .25, .5, .9, 1)] == [10, 15, 20, 28, 30]
    assert quantile([7], .99) == 7
    with pytest.raises(ValueError, match="no numbers"):
        quantile([], .5)


def test_a_latency_keeps_the_quantiles_of_all_and_thins_the_samples():
    one = Latency.of("pipe", "c", 64, "same", reversed(range(100_000)), cpu_ns=1, switches=2)
    assert (one.median, one.q1, one.q3, one.p99, one.count) == (49_999.5, 24_999.75, 74_999.25, 98_999.01, 100_000)
    assert len(one.samples_ns) == 2000 and one.samples_ns[0] == 0 and one.samples_ns[-1] == 99_999
    steps = {b - a for a, b in zip(one.samples_ns, one.samples_ns[1:], strict=False)}
    assert steps <= {50, 51}, "at even distances in rank"


def test_the_empirical_distribution_ends_at_all():
    assert ecdf((1, 5, 9, 9)) == ((1, 5, 9, 9), (.25, .5, .75, 1))


def test_a_throughput_is_the_median_of_its_rounds():
    assert (RING.ns, RING.q1, RING.q3, RING.repeats) == (25_000, 22_500, 27_500, 3)
    assert math.isclose(RING.gigabytes_per_second, 41.94304)


def test_a_measurement_goes_to_a_file_and_back(tmp_path):
    save(FOUND, tmp_path / "a.json")
    assert load(tmp_path / "a.json") == FOUND
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def _with(**changes):
    plain = json.loads(FOUND.to_json())
    for path, value in changes.items():
        *steps, last = path.split("__")
        at = plain
        for step in steps:
            at = at[int(step) if step.isdigit() else step]
        at[last] = value
    return json.dumps(plain)


BAD = {
    "no JSON": "sorry",
    "another thing": "[1, 2]",
    "no version": "{}",
    "a newer version": _with(version=2),
    "a time that is text": _with(latency__0__median="4 µs"),
    "a negative time": _with(latency__0__q1=-1),
    "no number": _with(throughput__0__ns=0).replace('"ns": 0', '"ns": NaN'),
    "true for a number": _with(machine__cpus=True),
    "a message in no time": _with(throughput__0__ns=0),
    "a round trip in no time": _with(latency__0__samples_ns=[0, 5]),
    "no round trips": _with(latency__0__samples_ns=[]),
    "a number beyond floats": _with(latency__0__median=10**400),
    "a size of none": _with(throughput__0__size=0),
    "depths without end": "[" * 100_000,
    "an entry too many": _with(machine__owner="me"),
    "samples that are none": _with(latency__0__samples_ns=None),
    "a list for a record": _with(machine=[]),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_what_is_wrong(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(errors.Misuse, match="a.json.* holds no measurement: .*ipclab measure --out"):
        load(tmp_path / "a.json")


def test_a_missing_entry_is_named(tmp_path):
    plain = json.loads(FOUND.to_json())
    del plain["latency"][0]["p99"]
    (tmp_path / "a.json").write_text(json.dumps(plain))
    with pytest.raises(errors.Misuse, match=r"latency\[0\] lacks, or should not have: p99"):
        load(tmp_path / "a.json")


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path):
    with pytest.raises(errors.NotFound, match="ipclab measure --out"):
        load(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\0")
    with pytest.raises(errors.Misuse, match="holds no measurement"):
        load(tmp_path / "bytes")


def test_the_tables_say_all_of_it_within_a_terminal():
    longest = [replace(RING, way="system_v_semaphore", size=64, depth=64, ns=ns) for ns in (3, 4610, 70_000_000)]
    text = tables.summary(replace(FOUND, throughput=(RING, *longest)))
    assert text[0] == "Round trip of 64 B, one processor" and "One way, messages of 1 MiB, two processors" in text
    assert any(line.split() == ["pipe", "c", "4.75", "5.50", "27.0", "87.5", "4.50", "2.0", "4.0"] for line in text)
    assert any(line.split() == ["ring", "×4", "ipclab", "22.5", "25.0", "27.5", "41.9", "41.0", "0.0"]
               for line in text), "where no calls were counted, there is no column for them"
    assert {"0.003", "4.61", "70000"} <= {line.split()[4] for line in text if "×64" in line}
    assert max(map(len, text)) <= 80


def test_the_overview_has_a_row_for_each_way_and_a_column_for_each_twin_and_placement():
    slower = Latency.of("pipe", "python", 64, "cross", [25_000], cpu_ns=1, switches=2)
    text = tables.overview(Measurement(HERE, (PIPE, slower), (RING,)))
    assert text[:4] == ["Median round trip of 64 B", "      one cpu  two cpus", "            c    python",
                        "pipe   5.5 µs     25 µs"]
    assert "ring ×4     25 µs" in text


def test_durations_are_read_with_three_digits():
    assert [tables.duration(ns) for ns in (0.5, 999.4, 999.6, 4610, 999_499, 999_600, 12.34e6, 2e9)] == [
        "0.5 ns", "999 ns", "1 µs", "4.61 µs", "999 µs", "1 ms", "12.3 ms", "2 s"]


@pytest.mark.parametrize(("rounds", "asked", "said"), [
    (1, 1, "1 round"), (7, 7, "7 rounds"), (4, 7, "part of a run: 4 of 7 rounds"), (5, 0, "5 rounds"),
])
def test_it_is_said_how_much_of_a_run_there_is(rounds, asked, said):
    some = replace(FOUND, rounds=rounds, asked=asked)
    assert tables.rounds_of(some) == said and tables.run_lines(some)[-1].startswith(said)
    assert some.whole == ("part" not in said)


def test_a_file_of_before_that_does_not_say_what_was_asked_for_is_of_a_whole_run(tmp_path):
    plain = json.loads(FOUND.to_json())
    del plain["asked"]
    (tmp_path / "a.json").write_text(json.dumps(plain))
    assert load(tmp_path / "a.json").whole


def test_two_runs_are_compared_where_both_have_the_same():
    slower = Latency.of("pipe", "c", 64, "same", [11_000], cpu_ns=1, switches=2)
    other = Latency.of("fifo", "c", 64, "same", [11_000], cpu_ns=1, switches=2)
    lines = tables.compared(FOUND, Measurement(HERE, (slower, other)))
    assert lines[1].split()[-1] == "2.00" and lines[1].startswith("pipe  c")
    assert lines[2:] == ["", "The median of the 1 ratios is 2.00; half of them lie from 2.00 to 2.00."]
    assert tables.compared(FOUND, Measurement(HERE, (other,))) == []
