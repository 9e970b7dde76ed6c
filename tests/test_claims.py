"""A claim holds and leaves a record, or it fails and says what was measured."""

import json
import platform
import subprocess
import sys

import pytest

from ipclab import errors
from ipclab.claims import Claim, claim, not_here


@pytest.fixture
def shown(monkeypatch):
    records = []
    monkeypatch.setattr(sys, "displayhook", records.append)
    return records


def test_a_claim_that_holds_leaves_a_record(shown):
    assert claim("one", 1 == 1, sent=5, handler_calls=1) is None
    (record,) = shown
    assert (record.name, record.measured) == ("one", {"sent": "5", "handler_calls": "1"})
    assert platform.release() in record.kernel and platform.python_version() in record.python
    assert str(record).startswith("one holds: sent = 5, handler calls = 1 (")


def test_a_claim_that_fails_says_what_was_measured(shown):
    with pytest.raises(AssertionError, match=r"The claim 'one' does not hold: calls = 5\."):
        claim("one", 1 == 2, calls=5)
    assert shown == []


@pytest.mark.parametrize("holds", [1, "yes", [1], None])
def test_only_a_comparison_is_a_claim(shown, holds):
    with pytest.raises(errors.Misuse, match="comparison"):
        claim("one", holds, calls=1)
    assert shown == []


def test_a_claim_without_a_measurement_is_none(shown):
    with pytest.raises(errors.Misuse, match="measured"):
        claim("one", 1 == 1)


def test_what_cannot_be_tried_says_why(shown):
    not_here("one", "root's rights")
    assert (shown[0].lacks, shown[0].measured) == ("root's rights", {})
    assert str(shown[0]) == "one was not tried: root's rights"


def test_long_measurements_are_cut(shown):
    claim("one", 1 == 1, text="x" * 1000)
    assert len(shown[0].measured["text"]) == 201


def test_the_book_gets_it_as_plain_data():
    data, metadata = Claim("one", {"calls": "1"}, "Linux", "CPython")._repr_mimebundle_()
    prefix = metadata["scrapbook"]["mime_prefix"]
    assert metadata["scrapbook"]["name"] == "claim:one"
    assert json.loads(data[prefix + "application/json"])["measured"] == {"calls": "1"}
    assert data["text/plain"].startswith("one holds")


def test_in_a_plain_program_it_prints_a_line():
    text = "from ipclab.claims import claim; claim('one', 1 == 1, calls=1)"
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=30, check=True)
    assert ran.stdout.startswith("one holds: calls = 1 (")
