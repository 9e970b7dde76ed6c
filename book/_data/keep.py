"""Keep a long run for the book: `python book/_data/keep.py FILE`, where FILE is what `make measure` wrote.

Of the round trips of each row 120 stay, at even distances in rank: enough for a curve, and few enough for a repository.
"""

import sys
from dataclasses import replace
from pathlib import Path

from ipclab.measure.results import load, save, thinned
from ipclab.measure.tables import run_lines

SAMPLES = 120

found = load(sys.argv[1])
latency = tuple(replace(row, samples_ns=tuple(round(ns) for ns in thinned(row.samples_ns, SAMPLES)))
                for row in found.latency)
save(replace(found, latency=latency), Path(__file__).with_name("measured.json"))
print(*run_lines(found), sep="\n")
