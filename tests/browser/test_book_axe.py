"""Axe on every page of the built book, with all that folds opened; in dark on a page of each kind, and on all of them in
`make stress`. A file of its own, so that it runs beside the other tests of the book."""

import pytest
from building import book  # noqa: F401  a fixture

from .test_book import NAMES, PAGE, page_of


IN_DARK = {"signals", "claims", "genindex", "instructors"}          # a chapter, tables, a list, commands
DARK = [pytest.param(name, marks=[] if name in IN_DARK else pytest.mark.slow) for name in NAMES]


@PAGE
def test_axe_finds_nothing(visit, accessible, book, name):
    accessible(unfolded(visit(page_of(book, name))))


@pytest.mark.parametrize("name", DARK)
def test_axe_finds_nothing_in_dark(visit, accessible, book, name):
    accessible(unfolded(visit(page_of(book, name), dark=True)), only=("color-contrast",))    # all that dark changes


def unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return page
