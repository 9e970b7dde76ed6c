"""A live notebook in JupyterLab: processes run again with other numbers; what is saved and not trusted still reads."""

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


def notebook(cells):
    code = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": text}
            for i, text in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "live.ipynb").write_text(notebook(CELLS))
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
