"""The diagram in Chromium: stepped by button, slider and keys; whole without JavaScript, narrow, dark and on paper."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "draw"))
from runs import bounded_buffer, deadlock

from ipclab.draw import space_time
from ipclab.trace import Event, Object, Trace


@pytest.fixture(scope="module")
def buffer_page(tmp_path_factory):
    return space_time(bounded_buffer(), title="A bounded buffer").save(tmp_path_factory.mktemp("page") / "buffer.html")


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """One page with three pictures, two of them equal."""
    one, other = space_time(deadlock(), title="Deadlock"), space_time(bounded_buffer(), title="Buffer")
    path = other.save(tmp_path_factory.mktemp("page") / "several.html")
    path.write_text(path.read_text().replace("</main>", one.html + one.html + "</main>"))
    return path


def button(page, name):
    return page.get_by_role("button", name=name, exact=True).first


def told(page):
    return page.locator(".said").first.inner_text()


def count(page):
    return page.locator(".bar span").first.inner_text()


def sentence(page, number):
    return page.locator("li").nth(number - 1).text_content()


def values(page):
    return dict(zip(*(page.locator(f".values {tag}").all_inner_texts() for tag in ("dt", "dd")), strict=True))


def test_buttons_step_and_say_what_happens(visit, buffer_page):
    page = visit(buffer_page)
    assert count(page) == "30 of 30" and told(page).startswith("The whole diagram: 30 steps.")
    button(page, "Next").click()
    assert count(page) == "1 of 30" and told(page) == sentence(page, 1)
    button(page, "Next").click()
    assert told(page) == sentence(page, 2)
    button(page, "Back").click()
    assert told(page) == sentence(page, 1)
    button(page, "Start").click()
    assert count(page) == "0 of 30" and told(page) == "Before the first step."
    assert button(page, "Back").get_attribute("aria-disabled") == "true"
    button(page, "Back").click(force=True)
    assert count(page) == "0 of 30"


def test_values_follow_the_step(visit, buffer_page):
    page = visit(buffer_page)
    final = values(page)
    button(page, "Start").click()
    assert values(page) == {"empty": "2", "full": "0", "mutex": "1", "buffer[0]": "0", "buffer[1]": "0"}
    shown = values(page)
    for number in range(1, 31):
        button(page, "Next").click()
        changed = re.search(r"; (\S+) (?:was \S+, )?is now (\S+)\.$", sentence(page, number))
        if changed:
            shown[changed[1]] = changed[2]
        assert values(page) == shown
    assert shown == final


def test_slider_and_keys(visit, buffer_page):
    page = visit(buffer_page)
    slider = page.get_by_role("slider", name="Step")
    slider.fill("7")
    assert told(page) == sentence(page, 7) and slider.get_attribute("aria-valuetext") == "7 of 30"
    slider.press("ArrowRight")
    assert count(page) == "8 of 30"
    slider.press("Home")
    assert count(page) == "0 of 30"
    view = page.locator(".ipc-view")
    for key, at in [("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("End", 30), ("ArrowUp", 29), ("Home", 0),
                    ("ArrowLeft", 0)]:
        view.press(key)
        assert count(page) == f"{at} of 30", key


def test_play_goes_on_by_itself_to_the_end_and_pauses(visit, tmp_path):
    page = visit(space_time(deadlock()).save(tmp_path / "page.html"))
    button(page, "Play").click()
    page.locator(".bar span", has_text="4 of 4").wait_for()
    button(page, "Play").wait_for()
    button(page, "Play").click()
    page.locator(".bar span", has_text="2 of 4").wait_for()
    button(page, "Pause").click()
    assert button(page, "Play").is_visible()


def test_later_steps_are_dimmed_and_the_current_one_is_marked(visit, buffer_page):
    page = visit(buffer_page)
    band, cover = page.locator(".band"), page.locator(".cover")
    assert cover.evaluate("e => getComputedStyle(e).fill") == "none"
    page.get_by_role("slider").fill("5")
    mark = page.locator("svg text", has_text=re.compile("^5$")).first.bounding_box()
    at, over = band.bounding_box(), cover.bounding_box()
    assert at["y"] < mark["y"] < mark["y"] + mark["height"] < at["y"] + at["height"] == pytest.approx(over["y"])
    page.get_by_role("slider").press("End")
    assert cover.get_attribute("height") == "0"


def test_a_folded_trace_steps_through_the_fold(visit, tmp_path):
    objects = (Object("s", "System V semaphore", 0),)
    events = tuple(Event("a", i, "V", "s", "give", start=2 * i, end=2 * i + 1) for i in range(900))
    page = visit(space_time(Trace(("a",), objects, events)).save(tmp_path / "page.html"))
    for step in (1, 48, 49, 450, 868, 869, 899, 900):
        page.get_by_role("slider").fill(str(step))
        assert values(page)["s"] == str(step) or "left out" in told(page)
        assert str(step) in told(page) or "left out" in told(page)
    assert values(page)["s"] == "900"


def test_pictures_on_one_page_do_not_disturb_each_other(visit, several):
    page = visit(several)
    page.get_by_role("button", name="Next").nth(2).click()
    assert page.locator(".bar span").all_inner_texts() == ["30 of 30", "4 of 4", "1 of 4"]


def test_without_javascript_the_whole_diagram_is_there(visit, buffer_page):
    page = visit(buffer_page, javascript=False)
    assert page.get_by_role("img", name=re.compile("^Space-time diagram: A bounded buffer")).is_visible()
    assert page.locator("svg text", has_text=re.compile("^30$")).is_visible()
    assert page.locator(".said, .bar, button").count() == 0
    assert page.locator(".cover").evaluate("e => getComputedStyle(e).fill") == "none"
    page.locator("summary").click()
    assert page.locator("li").nth(29).is_visible()


def test_a_phone_scrolls_the_drawing_not_the_page(visit, buffer_page):
    page = visit(buffer_page, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    edges = page.locator("figure *:not(svg, svg *)").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().right)")
    assert max(edges) <= 360
    view = page.locator(".ipc-view")
    assert view.evaluate("e => e.scrollWidth > e.clientWidth")
    view.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.ipc-view').scrollLeft > 0")
    assert count(page) == "30 of 30"
    page.keyboard.press("ArrowDown")
    assert count(page) == "1 of 30"


def test_on_paper_the_diagram_is_whole(visit, buffer_page):
    page = visit(buffer_page, dark=True)
    button(page, "Next").click()
    page.emulate_media(media="print")
    assert page.locator(".cover").evaluate("e => getComputedStyle(e).fill") == "none"
    assert not page.locator(".bar, .said, details").first.is_visible()
    assert page.locator("figure").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_axe_finds_nothing(visit, accessible, several, dark, width):
    page = visit(several, dark=dark, width=width)
    accessible(page)
    button(page, "Next").click()
    page.locator("summary").first.click()
    accessible(page)


def luminance(colour):
    def linear(c):
        return c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
    red, green, blue = (linear(int(c) / 255) for c in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("theme", ["none", "sphinx", "lab"])
def test_every_ink_is_readable_on_its_paper(visit, several, theme, dark):
    """Text needs 4.5:1 and signs 3:1. The page's own theme decides, whatever the system prefers."""
    page = visit(several, dark=dark if theme == "none" else not dark)
    name, setting = {"none": ("", ""), "sphinx": ("html", ["data-theme", "dark" if dark else "light"]),
                     "lab": ("body", ["data-jp-theme-light", "false" if dark else "true"])}[theme]
    if name:
        page.locator(name).evaluate("(e, [key, value]) => e.setAttribute(key, value)", setting)
    paper = page.locator("figure").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert (luminance(paper) < 0.1) == dark
    used = page.locator("svg text, svg tspan").evaluate_all(
        "all => [...new Set(all.map(e => getComputedStyle(e).fill))]")
    papers = [paper, *page.locator(".zebra").evaluate_all("all => all.map(e => getComputedStyle(e).stroke)")]
    assert len(used) >= 3
    for ink in used:
        assert min(contrast(ink, paper) for paper in papers) >= 4.5, ink
    signs = page.locator(".give, .take, .fail, .msg, .hatch").evaluate_all(
        "all => [...new Set(all.map(e => e.matches('.give') ? getComputedStyle(e).fill : getComputedStyle(e).stroke))]")
    assert min(contrast(sign, paper) for sign in signs) >= 3


def test_hostile_names_run_nothing(visit, tmp_path):
    bad = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    trace = Trace((bad,), (Object(bad, "pipe", 0),), (Event(bad, 0, bad, bad, "give", bad, start=1, end=2, error=bad),))
    page = visit(space_time(trace, title="calm").save(tmp_path / "page.html"))
    button(page, "Next").click()
    assert page.title() == "calm" and page.locator("img:not(svg)").count() == 0
    assert bad in told(page)
