"""What the kernel says of real processes, drawn, in Chromium: without JavaScript, narrow, dark, and for everybody."""

import mmap
import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "draw"))
from runs import started

from ipclab import kernel
from ipclab.draw import descriptor_table, page_tables, pipe_gauge, signal_masks, wait_graph

PICTURES = ["Who waits for whom", "Who has what open", "How full the pipe is", "Two page tables, one memory",
            "What becomes of each signal"]


def all_views():
    """A parent and a child that waits for what only the two could send it: everything there is to draw of them."""
    reading, writing = os.pipe()
    memory = mmap.mmap(-1, 2 * mmap.PAGESIZE)
    memory[0] = 1
    os.write(writing, b"x" * 1000)

    def child():
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        memory[0] = 2
        while os.read(reading, 1000):
            pass

    me, pid, at = os.getpid(), started(child), kernel.address_of(memory)
    try:
        kernel.wait_until_blocked(pid, "read")
        inode = os.fstat(reading).st_ino
        tables = {name: [d for d in kernel.descriptors(p) if d.inode == inode]
                  for name, p in (("parent", me), ("child", pid))}
        yield wait_graph(kernel.why_stuck({pid: "child"}))
        yield descriptor_table(tables)
        yield pipe_gauge(1000, kernel.pipe_fill(me, reading).capacity)
        if os.geteuid() == 0:                              # nobody else is told page frames
            yield page_tables(kernel.shared_frames(me, at, pid, at))
        yield signal_masks(kernel.signals(pid))
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading), os.close(writing)


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    first, *others = all_views()
    path = first.save(tmp_path_factory.mktemp("page") / "views.html")
    path.write_text(path.read_text().replace("</main>", "".join(each.html for each in others) + "</main>"))
    return path


def titles():
    return [title for title in PICTURES if os.geteuid() == 0 or "page tables" not in title]


def test_without_javascript_every_drawing_is_whole_and_said_in_words(visit, views):
    page = visit(views, javascript=False)
    for title in titles():
        figure = page.locator("figure", has_text=title)
        drawing = figure.get_by_role("img")
        assert drawing.is_visible() and title in drawing.get_attribute("aria-label")
        assert figure.locator("svg desc").text_content()
    assert page.locator("button, script, .bar, .said").count() == 0
    page.locator("summary").nth(1).click()
    assert page.locator("figure").nth(1).get_by_text("child: descriptor").first.is_visible()


def test_a_phone_scrolls_the_drawings_and_cuts_no_words(visit, views):
    page = visit(views, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    outside = page.locator("figure *:not(svg, svg *)").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().right > 360).map(e => e.outerHTML)")
    assert outside == []
    wide = page.locator(".ipc-view").first
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.ipc-view').scrollLeft > 0")


def test_no_words_of_a_drawing_run_over_its_edge_or_each_other(visit, views):
    page = visit(views)
    for drawing in page.locator("figure svg").all():
        edge, boxes = drawing.bounding_box(), drawing.locator("text").evaluate_all(
            "all => all.map(e => [e.textContent, e.getBoundingClientRect().toJSON()])")
        for said, box in boxes:
            assert edge["x"] <= box["left"] and box["right"] <= edge["x"] + edge["width"], said
        for i, (said, a) in enumerate(boxes):
            for other, b in boxes[i + 1:]:
                apart = a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] - 3 <= b["top"] or (
                    b["bottom"] - 3 <= a["top"])
                assert apart, (said, other)


@pytest.mark.parametrize("dark, width", [(False, 1000), (True, 360)], ids=["light and wide", "dark and narrow"])
def test_axe_finds_nothing(visit, accessible, views, dark, width):
    page = visit(views, dark=dark, width=width)
    for summary in page.locator("summary").all():
        summary.click()
    accessible(page)
