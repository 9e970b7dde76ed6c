"""Axe on every page of the built book, with all that folds opened. Colours, which take most of its time, on a page of each
kind; in `make stress` on all of them, and there the long pages of the reference, too. A file of its own, so that it runs
beside the other tests of the book."""

import pytest
from building import book  # noqa: F401  a fixture

from .test_book import NAMES, page_of


COLOURS = ("color-contrast",)
OF_EACH_KIND = {"signals", "claims", "genindex", "instructors"}     # a chapter, tables, a list, commands
ALIKE = {"reference_mechanisms", "reference_processes", "reference_kernel"}     # as reference_explore, and long
EACH = [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else []) for name in NAMES]
SOME = [pytest.param(name, marks=[] if name in OF_EACH_KIND else pytest.mark.slow) for name in NAMES]


@pytest.mark.parametrize("name", EACH)
def test_axe_finds_nothing(visit, accessible, book, name):
    accessible(unfolded(visit(page_of(book, name))), but=COLOURS)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SOME)
def test_axe_finds_nothing_in_the_colours(visit, accessible, book, name, dark):
    accessible(unfolded(visit(page_of(book, name), dark=dark)), only=COLOURS)


def unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return page
