"""Axe on every page of the built book, in light and dark, with all that folds opened. A file of its own, so that it runs
beside the other tests of the book."""

import pytest
from building import book  # noqa: F401  a fixture

from .test_book import PAGE, page_of


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@PAGE
def test_axe_finds_nothing(visit, accessible, book, name, dark):
    page = visit(page_of(book, name), dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    accessible(page, only=("color-contrast",) if dark else ())      # dark changes nothing but colours
