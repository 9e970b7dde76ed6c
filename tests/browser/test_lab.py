"""A student in JupyterLab opens the lab, gets a task wrong, is told what is wrong, gets it right, and sees that it is."""

import shutil

import pytest
from jupyterlab import IDLE, opened, run_all, served

from ipclab.grade import lab as labs

START = """\
%%task tray
class Tray:
    def __init__(self):
        self.notes = []

    def put(self, note):
        self.notes.append(note)

    def take(self):
"""
WRONG = START + """\
        count = len(self.notes)
        taken = self.notes[:]
        del self.notes[:count]
        return taken
"""
RIGHT = START + """\
        taken = self.notes[:]
        del self.notes[:len(taken)]
        return taken
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labs")
    shutil.copy(labs.folder() / "signals" / "signals.ipynb", folder)
    with served(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


def cell(page, first_line):
    """The cell that begins with that line."""
    return page.locator(".jp-CodeCell").filter(has=page.locator(".cm-line").first).filter(has_text=first_line).first


def write(page, task, text):
    cell(page, f"%%task {task}").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")


def check(page, task):
    """Run the check; what it says."""
    one = cell(page, f"%%check {task}")
    before = one.locator(".jp-InputPrompt").inner_text()
    one.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        r"([prompt, before]) => /\[\d+\]/.test(prompt.textContent) && prompt.textContent.trim() != before",
        arg=[one.locator(".jp-InputPrompt").element_handle(), before.strip()], timeout=IDLE)
    return one.locator(".ipclab-verdict")


def test_a_student_gets_it_wrong_and_then_right(visit, lab):
    page = visit("about:blank", width=1200, height=1400, warnings=False)
    opened(page, lab, "signals.ipynb")
    run_all(page)
    verdicts = page.locator(".ipclab-verdict")
    assert verdicts.count() == 6
    assert verdicts.first.locator("p").nth(1).inner_text().startswith("Right. The signal came at each of")
    assert page.locator(".ipclab-verdict.wrong").count() == 5

    write(page, "tray", WRONG)
    said = check(page, "tray")
    assert said.get_attribute("class") == "ipclab-verdict wrong"
    assert "all that was ever taken came out as ['cake', 'rolls', 'tart', 'tart']" in said.inner_text()
    assert said.locator(".here").count() == 1 and "count = len(self.notes)" in said.locator(".here").inner_text()
    assert "Take everything, lose nothing" in said.inner_text() and "Traceback" not in said.inner_text()

    write(page, "tray", RIGHT)
    said = check(page, "tray")
    assert said.get_attribute("class") == "ipclab-verdict right", said.inner_text()
    assert "every time all was as it should be" in said.inner_text()

    write(page, "tray", "%%task tray\nclass Tray(:\n")
    assert "Line 2: Python cannot read this line" in check(page, "tray").inner_text()
