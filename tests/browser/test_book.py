"""The built book in Chromium, opened from files: phone, dark, no JavaScript, axe, search, and what a first visit weighs.
Of the pages of the reference one is looked at, in `make stress` all.

Each page is loaded once, for all tests of every page. What it asks for outside, or complains of, fails (see `Window`).
"""

import gzip
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from building import ROOT, book  # noqa: F401  a fixture

NAMES = [*sorted(page.stem for page in (ROOT / "book").glob("*.md")), "search", "genindex"]
ALIKE = {name for name in NAMES if name.startswith("reference_")} - {"reference_explore"}   # made by the same directive
EACH = [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else []) for name in NAMES]
FIRST_VISIT = 350 * 1024                    # bytes, compressed
COLOURS = ("color-contrast",)               # what takes most of axe's time
OF_EACH_KIND = {"classic", "claims", "genindex", "index", "instructors"}    # a chapter, tables, a list, …


def page_of(book, name):
    return book.html / f"{name}.html"


@pytest.fixture(scope="module", params=EACH)
def shown(window, book, request):
    """A page of the book on a phone, and the files that were loaded for it."""
    files = set()
    note = lambda asked: files.add(Path(unquote(urlsplit(asked.url).path)))     # noqa: E731  to be taken off again
    phone = window()
    phone.page.on("request", note)
    page = phone.open(page_of(book, request.param), width=360)
    page.wait_for_load_state("networkidle")
    page.remove_listener("request", note)
    yield SimpleNamespace(name=request.param, page=page, files=files)
    phone.leave()


def test_it_fits_a_phone(shown):
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360
    cut = shown.page.evaluate("""[...document.querySelectorAll('article p, article li, article h1, article h2, article h3,'
        + ' article figure, article table, article details, article .admonition')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().right > 361
                && !e.closest('.pst-scrollable-table-container'))
        .map(e => e.outerHTML.slice(0, 80))""")
    assert not cut


def test_a_first_visit_is_light(shown):
    weights = {path.name: len(gzip.compress(path.read_bytes())) for path in shown.files}
    assert len(weights) > 5 and sum(weights.values()) <= FIRST_VISIT, weights


def test_axe_finds_nothing_in_it(shown, accessible):
    """With all that folds opened; in the colours on a page of each kind, and on all of them in `make stress`."""
    shown.page.set_viewport_size({"width": 1000, "height": 800})
    accessible(unfolded(shown.page), but=COLOURS)
    for page in in_both_themes(shown.page) if shown.name in OF_EACH_KIND else ():
        page.evaluate(KINDS)
        accessible(page, only=COLOURS, within="[data-kind]")


def unfolded(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return page


# Text has the same contrast where these are the same: axe is given one of each kind.
KINDS = """() => {
    const seen = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    document.querySelectorAll('[data-kind]').forEach(e => e.removeAttribute('data-kind'));
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement, s = getComputedStyle(e);
        const kind = [s.color, s.fontSize, s.fontWeight, s.textShadow];
        for (let up = e; up; up = up.parentElement) {
            const { backgroundColor, backgroundImage, opacity } = getComputedStyle(up);
            kind.push(backgroundColor, backgroundImage, opacity);
        }
        if (texts.currentNode.data.trim() && !seen.has(kind.join())) {
            seen.add(kind.join());
            e.dataset.kind = seen.size;
        }
    }
}"""


def in_both_themes(page):
    """Twice the page, once dark and once light, as it is left."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
        yield unfolded(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_in_any_colour(visit, accessible, book, name):
    for page in in_both_themes(visit(page_of(book, name))):
        accessible(page, only=COLOURS)


def test_a_colour_that_is_too_faint_is_found(visit, accessible, book):
    page = visit(page_of(book, "notes"))
    for fault in ("color: #999", "background: #666", "opacity: .5"):
        page.evaluate("style => document.querySelectorAll('article p')[1].style.cssText = style", fault)
        page.evaluate(KINDS)
        with pytest.raises(AssertionError, match="color-contrast"):
            accessible(page, only=COLOURS, within="[data-kind]")


def test_dark_follows_the_system(visit, book):
    page = visit(page_of(book, "notes"), dark=True)
    colour = "getComputedStyle(document.body).backgroundColor"
    assert max(map(int, page.evaluate(colour)[4:-1].split(","))) < 60
    _, light = (page.evaluate(colour) for page in in_both_themes(page))
    assert light == "rgb(255, 255, 255)"


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
    page = visit(f"{page_of(book, 'search').as_uri()}?q=reentrant")
    page.locator("#search-results li a[href^='signals.html']").first.wait_for()

