"""The built book in Chromium, opened from files: phone, dark, no JavaScript, search, and what a first visit weighs.
Of the pages of the reference one is looked at, in `make stress` all.

The fixture `visit` fails any test whose page asks for something outside or complains on the console.
"""

import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from building import ROOT, book  # noqa: F401  a fixture

NAMES = [*sorted(page.stem for page in (ROOT / "book").glob("*.md")), "search", "genindex"]
ALIKE = {name for name in NAMES if name.startswith("reference_")} - {"reference_explore"}   # made by the same directive
EACH = [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else []) for name in NAMES]
PAGE = pytest.mark.parametrize("name", EACH)
FIRST_VISIT = 350 * 1024                    # bytes, compressed


def page_of(book, name):
    return book.html / f"{name}.html"


@PAGE
def test_it_fits_a_phone(visit, book, name):
    page = visit(page_of(book, name), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cut = page.evaluate("""[...document.querySelectorAll('article p, article li, article h1, article h2, article h3,'
        + ' article figure, article table, article details, article .admonition')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().right > 361
                && !e.closest('.pst-scrollable-table-container'))
        .map(e => e.outerHTML.slice(0, 80))""")
    assert not cut


def test_dark_follows_the_system(visit, book):
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (visit(page_of(book, "signals"), dark=dark).evaluate(colour) for dark in (False, True))
    assert light == "rgb(255, 255, 255)" and max(map(int, dark[4:-1].split(","))) < 60


def test_without_javascript_it_is_complete(visit, book):
    page = visit(page_of(book, "signals"), javascript=False)
    assert page.locator(".ipc-view svg").first.is_visible()             # the picture
    assert page.locator("article .solution").count() >= 6
    assert all(s.is_visible() for s in page.locator("article .solution .admonition-title").all())
    answer = page.locator("details.answer").first
    assert not answer.locator(".because").is_visible()
    answer.locator("summary").click()                                   # a native element opens by itself
    assert answer.locator(".because").is_visible()


def test_a_prediction_opens_with_the_keyboard(visit, book):
    page = visit(page_of(book, "signals"))
    answer = page.locator("details.answer").first
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert answer.locator(".because").is_visible()


def test_a_copy_button_appears_under_the_keyboard(visit, book):
    page = visit(page_of(book, "signals"))
    button = page.locator("button.copybtn").first
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_function("getComputedStyle(document.querySelector('button.copybtn')).opacity === '1'")
    assert button.evaluate("b => b === document.activeElement")


def test_the_first_tab_skips_to_the_text(visit, book):
    page = visit(page_of(book, "signals"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"


def test_a_claims_tick_leads_to_what_was_measured(visit, book):
    page = visit(page_of(book, "signals"))
    tick = page.locator("#signal-default-ends .claim-mark")
    assert "said = the child was ended by SIGUSR1" in tick.get_attribute("aria-label")
    tick.click()
    page.wait_for_url("**/claims.html#claim-signal-default-ends")
    row = page.locator("tr", has=page.locator("#claim-signal-default-ends"))
    assert "said = the child was ended by SIGUSR1" in row.inner_text()


def test_search_works_from_a_file(visit, book):
    page = visit(book.html / "search.html")
    page.goto(f"{(book.html / 'search.html').as_uri()}?q=reentrant")
    page.locator("#search-results li a[href^='signals.html']").first.wait_for()


@PAGE
def test_a_first_visit_is_light(visit, book, name):
    page = visit("about:blank")
    loaded = set()
    page.on("request", lambda request: loaded.add(Path(unquote(urlsplit(request.url).path))))
    page.goto(page_of(book, name).as_uri(), wait_until="networkidle")
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in loaded}
    assert len(weights) > 5 and sum(weights.values()) <= FIRST_VISIT, weights
