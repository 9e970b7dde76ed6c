"""Axe on every page of the built book, with all that folds opened. Colours, which take most of its time, on a page of each
kind, and on all of them in `make stress`. A file of its own, so that it runs beside the other tests of the book."""

import pytest
from building import book  # noqa: F401  a fixture

from .test_book import NAMES, PAGE, page_of

COLOURS = ("color-contrast",)
OF_EACH_KIND = {"signals", "claims", "genindex", "instructors"}     # a chapter, tables, a list, commands
SOME = [pytest.param(name, marks=[] if name in OF_EACH_KIND else pytest.mark.slow) for name in NAMES]


@PAGE
def test_axe_finds_nothing(visit, accessible, book, name):
    accessible(unfolded(visit(page_of(book, name))), but=COLOURS)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SOME)
def test_axe_finds_nothing_in_the_colours(visit, accessible, book, name, dark):
    accessible(unfolded(visit(page_of(book, name), dark=dark)), only=COLOURS)


def unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return page
