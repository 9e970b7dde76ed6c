"""A live notebook in JupyterLab: processes run again with other numbers; what is saved and not trusted still reads; the
reader is the scheduler."""

import json
import re

import pytest
from jupyterlab import opened, run_all, served

CELLS = ["""\
from ipclab import Semaphore, interactive_run, process, run

def taker(s, times):
    for _ in range(times):
        s.P()

def giver(s, times):
    for _ in range(times):
        s.V()

def exchange(times):
    with Semaphore(0, label="s") as s:
        return run(process(taker, s, times), process(giver, s, times))
""", 'interactive_run(exchange, times=(1, 5), title="Exchange")', """\
%%program
import os
print("here", flush=True)
if os.fork() == 0:
    print("there", flush=True)
    os._exit(0)
os.wait()
"""]

GAME = ["""\
from ipclab import Semaphore, System, be_the_scheduler, process

def crossed():
    left, right = Semaphore(1, label="left"), Semaphore(1, label="right")

    def both(first, second):
        first.P()
        second.P()
        second.V()
        first.V()

    return System(process(both, left, right, name="a"), process(both, right, left, name="b"))
""", "be_the_scheduler(crossed)"]


def notebook(cells):
    code = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": text}
            for i, text in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "live.ipynb").write_text(notebook(CELLS))
    (folder / "game.ipynb").write_text(notebook(GAME))
    with served(folder, tmp_path_factory.mktemp("home")) as address:
        yield address, folder


def steps(figure):
    return figure.locator(".bar span").inner_text()


def test_processes_run_again_with_other_numbers(visit, lab):
    address, folder = lab
    page = visit("about:blank", width=1200, height=1400, warnings=False)
    opened(page, address, "live.ipynb")
    run_all(page)
    figure = page.locator("figure.ipc[data-live]")
    figure.wait_for()
    assert steps(figure) == "6 of 6"
    figure.get_by_role("button", name="Next").click()
    figure.get_by_role("button", name="Next").click()
    figure.get_by_role("button", name="Back").click()
    assert steps(figure) == "1 of 6"
    slider = figure.get_by_role("slider", name="Step")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert steps(figure) == "3 of 6"
    page.get_by_role("slider").first.press("ArrowRight")              # the number of times: from 3 to 4
    page.get_by_role("button", name="Run again").click()
    page.locator(".bar span", has_text="8 of 8").wait_for()
    rows = page.locator(".ipc-printout tr").all_inner_texts()
    assert [row.split() for row in rows] == [["parent", "here"], ["child", "1", "there"]]
    page.keyboard.press("Control+s")
    page.locator(".jp-mod-dirty").wait_for(state="detached")
    assert "application/vnd.jupyter.widget-view+json" in (folder / "live.ipynb").read_text()


def test_saved_and_not_trusted_it_still_says_what_happened(visit, lab):
    address, folder = lab
    saved = json.loads((folder / "live.ipynb").read_text())
    assert saved["cells"][1]["outputs"], "the test before saves what this one opens"
    saved["metadata"]["sent_by"] = "somebody else"                    # what was not written here is not trusted
    (folder / "received.ipynb").write_text(json.dumps(saved))
    page = visit("about:blank", width=1200, height=1400, warnings=False)
    opened(page, address, "received.ipynb")
    output = page.locator(".jp-NotebookPanel:visible .jp-Cell").nth(1).locator(".jp-OutputArea-output")
    # The workspace brings back the trusted notebook, too: its style is on the page and must not reach this one.
    output.get_by_text("The drawing appears once you trust this notebook").wait_for()
    assert output.locator("svg, script, button, .ipc-view:visible").count() == 0
    output.locator("summary").click()
    assert re.match(r"(taker: P|giver: V) s", output.locator("li").first.inner_text())


def test_the_reader_is_the_scheduler_by_mouse_and_by_keyboard(visit, lab):
    address, _ = lab
    page = visit("about:blank", width=1200, height=1400, warnings=False)
    opened(page, address, "game.ipynb?reset")                         # without the notebooks of the tests before
    run_all(page)
    game = page.locator("figure.ipc-scheduler")
    said, a, b = game.get_by_role("status"), *game.get_by_role("group", name="Who passes next?").get_by_role("button").all()
    said.get_by_text("From here some ways fail, and some end well.").wait_for()
    assert a.inner_text().split("\n") == ["a", "next: P left", "line 7: first.P()"]
    undo = game.get_by_role("button", name="Undo")
    assert undo.get_attribute("aria-disabled") == "true"
    said.evaluate("region => region.here = true")                     # what is announced must stay the same element
    a.click()
    said.get_by_text("Step 1. a: P left (line 7)").wait_for()
    b.focus()
    page.keyboard.press("Enter")
    said.get_by_text("It has failed: deadlock: a and b can never go on.").wait_for()
    assert b.get_attribute("aria-disabled") == "true" and "can never go on: P left" in b.inner_text()
    assert b.evaluate("button => button === document.activeElement")  # the keyboard has not lost its place
    assert "never returned" in game.locator("svg").text_content()
    page.keyboard.press("Enter")                                      # it may not pass; nothing happens
    undo.click()
    said.get_by_text("Step 1. a: P left (line 7)").wait_for()
    a.click()
    said.get_by_text("From here no way fails: proved, at this size.").wait_for()
    assert said.evaluate("region => region.here && region.ariaLive === 'polite'")
