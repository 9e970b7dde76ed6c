"""The built pages, read as files: links, pictures, the index of claims, and nothing of the machine that built them."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from building import ROOT
from pages import MARKED, PAGES

FETCHES = {"script", "img", "iframe", "link", "source", "audio", "video", "object", "embed"}


class Page(HTMLParser):
    """The ids, links, pictures and fetched addresses of one page."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.ids, self.links, self.without_alt, self.fetched = path, [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if given.get("id"):
            self.ids.append(given["id"])
        for address in filter(None, (given.get(k) for k in ("href", "src", "data", "poster"))):
            self.links.append(address)
            if tag in FETCHES and given.get("rel") != "canonical":
                self.fetched.append(address)
        if tag == "img" and (given.get("alt") is None or "_images/" in given["alt"]):
            self.without_alt.append(given.get("src"))


@pytest.fixture(scope="module")
def read(book):
    return {path: Page(path) for path in book.pages}


def test_no_process_of_the_build_is_left(book):
    assert book.left == ()


def test_every_page_is_built(read):
    assert {path.stem for path in read} >= {page.stem for page in PAGES} | {"search", "genindex"}


def test_every_link_leads_somewhere(read):
    dead = [(page.path.name, link) for page in read.values() for link in page.links if not _leads(page, link, read)]
    assert not dead


def _leads(page, link, read) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not target.exists():
        return False
    return not parts.fragment or target not in read or unquote(parts.fragment) in {*read[target].ids, "", "top"}


def test_no_page_fetches_anything_from_elsewhere(read):
    outside = [(page.path.name, a) for page in read.values() for a in page.fetched if re.match(r"(https?:)?//", a)]
    assert not outside


def test_ids_are_unique(read):
    twice = {page.path.name: {i for i in page.ids if page.ids.count(i) > 1} for page in read.values()}
    assert not {name: ids for name, ids in twice.items() if ids}


def test_every_picture_has_an_alternative_text(read):
    assert not [(page.path.name, src) for page in read.values() for src in page.without_alt]


def test_the_index_lists_every_claim_with_what_was_measured(book):
    index = (book.html / "claims.html").read_text()
    names = [name for page in PAGES for name in MARKED.findall(page.read_text())]
    assert names and not [name for name in names if f'id="claim-{name}"' not in index]


def test_pages_say_nothing_of_the_machine(book):
    """Neither where it was built nor what a page hides, and no source beside it."""
    private = {str(ROOT), str(Path.home()) + "/", sys.prefix}
    assert not [(p.name, word) for p in book.pages for word in private if word in p.read_text()]
    assert not (book.html / "_sources").exists()


def test_nothing_heavy_is_shipped_that_no_page_loads(book):
    assert not list(book.html.rglob("*.map")) and not list(book.html.rglob("fontawesome.js"))
