"""The reference has all that is public, and what it says is what a user of a blocking call has to know."""

import inspect
import re
import sys
from importlib import import_module

import pytest
from building import ROOT

import ipclab

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ipcbook import reference  # noqa: E402

PAGES = sorted((ROOT / "book").glob("reference_*.md"))
ROOMS = sorted({name for page in PAGES for name in re.findall(r"^```\{reference\} ([\w.]+)$", page.read_text(), re.M)})
MODULE = {room: import_module(f"ipclab.{room}") for room in ROOMS}
CLASSES = {thing for module in MODULE.values() for name in module.__all__ if inspect.isclass(thing := getattr(module, name))}
MEMBERS = {f"{kind.__name__}.{name}": getattr(kind, name) for kind in CLASSES for name, _ in reference.members(kind)}
OPERATIONS = {name: member for name, member in MEMBERS.items() if hasattr(member, "blocks")}
SEE = re.compile(r"\b([Aa]s|[Ll]ike) (for )?`|`connect\(address\)`")       # "As `receive`, but …": it is told there


def test_every_public_name_has_an_entry(book):
    pages = "".join((book.html / f"{page.stem}.html").read_text() for page in PAGES)
    entries = {*re.findall(r'id="(?:module-)?ipclab\.([\w.]+)"', pages)}
    assert not set(ipclab.__all__) - entries
    for room, module in MODULE.items():
        ours = {name for name in ipclab.__all__ if getattr(ipclab, name) is getattr(module, name, None)}
        assert not {name if name in ours else f"{room}.{name}" for name in module.__all__} - entries


def test_every_room_that_people_import_from_is_in_it():
    assert {*ipclab._WHERE, *ipclab._MODULES} - {"notebook"} <= set(ROOMS)


def test_every_public_member_says_what_it_is():
    assert len(MEMBERS) > 100
    assert not [name for name, member in MEMBERS.items() if not inspect.getdoc(member)]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_says_whether_it_waits(name):
    said = inspect.getdoc(OPERATIONS[name])
    if name.endswith("_nowait"):
        assert re.search(r"never waits|at once|WouldBlock", said) or SEE.search(said)
    elif OPERATIONS[name].blocks:
        assert re.search(r"\b([Bb]locks|[Ww]aits?|[Rr]ead on)\b", said) or SEE.search(said)
    if "timeout" in inspect.signature(OPERATIONS[name]).parameters:
        assert "timeout" in said or SEE.search(said)


def test_the_signature_is_the_sources():
    assert reference.signature(ipclab.Semaphore.__init__) == (
        "(value: int = 1, *, label: str | None = None, undo: bool = False, mode: int = 0o600)")
    assert reference.signature(ipclab.Semaphore.P) == "(timeout: float | None = None) -> None"


def test_the_glossary_leads_to_the_reference(book):
    assert 'href="reference_mechanisms.html#ipclab.MessageQueue.send"' in (book.html / "glossary.html").read_text()
