"""The same function, the same verdict, on every Python from 3.11 on that is here."""

import json
import subprocess
from pathlib import Path

import pytest
import versions

EXPECTED = {                             # [the verdict, can this interpreter really be interrupted there?]
    "read, call, write": ["REFUTED", True],
    "the same with the signal blocked": ["PROVED", False],
    "n += 1": ["REFUTED", False],
    "Queue.put in both": ["REFUTED", True],
}


@pytest.mark.slow
def test_the_signal_sweep_says_the_same_on_every_python():
    found = versions.pythons(versions.folders())
    table = {version: said_by(versions.environment(version, python)) for version, python in found.items()}
    assert table == dict.fromkeys(found, EXPECTED)
    assert len(found) > 1, f"only Python {', '.join(found)} is here to compare"


def said_by(python: Path) -> dict:
    done = subprocess.run([python, Path(__file__).with_name("verdicts.py")], capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr[-500:]}
