"""A student in JupyterLab: opens each lab, gets a task wrong, steps through the failing run, gets it right, begins again.
"""

import re
import shutil

import pytest
from jupyterlab import IDLE, opened, served

from ipclab.grade import lab as labs
from ipclab.grade import pages
from ipclab.grade.box import best
from ipclab.grade.judge import examine
from ipclab.grade.pictures import script_hash

NAMES = [name for name in labs.lab_names() if (labs.folder() / name / f"{name}.ipynb").exists()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labs")
    for name in NAMES:
        shutil.copy(labs.folder() / name / f"{name}.ipynb", folder)
    return folder


@pytest.fixture(scope="module")
def jupyter(folder, tmp_path_factory):
    with served(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


def solutions(name):
    """A task, a wrong solution with a failing run to show, and a right one: the first of those beside the master."""
    lab = labs.load(name)
    for check in lab.graded:
        texts = [[path.read_text() for path in sorted((lab.folder / side).glob(f"{check.task}_*.py"))]
                 for side in ("wrong", "right")]
        wrong = [text for text in texts[0] if text.startswith("# differs")]
        if wrong and texts[1]:
            return check.task, wrong[0], texts[1][0]
    raise AssertionError(f"the lab {name} has no task with both")


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, page):
        self.page = page

    def cell(self, text):
        return self.page.locator(".jp-CodeCell").filter(has_text=text).first

    def run(self, text, source=None):
        """Run the cell with that text, with `source` in its place if given, and wait for its end; its outputs."""
        cell = self.cell(text)
        number = cell.locator(".jp-InputPrompt")
        before, handle = number.inner_text(), number.element_handle()
        cell.locator(".cm-content").click()
        if source is not None:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(r"([p, before]) => p.textContent !== before && /\[\d+\]/.test(p.textContent)",
                                    arg=[handle, before], timeout=IDLE)
        return self.cell(text).locator(".jp-OutputArea")


@pytest.mark.parametrize("name", NAMES)
def test_a_student_gets_it_wrong_sees_why_and_gets_it_right(visit, jupyter, folder, name):
    page = visit("about:blank", width=1300, height=1000, warnings=False)
    opened(page, jupyter, f"{name}.ipynb?reset")     # without what the page before had open
    notebook, (task, wrong, right) = Notebook(page), solutions(name)
    notebook.run("import begin")

    notebook.run(f"%%task {task}", f"%%task {task}\n{wrong}")
    said = notebook.run(f"%%check {task}")
    assert said.locator(".ipclab-verdict.wrong").count() == 1
    assert "Read again" in said.inner_text() and "Traceback" not in said.inner_text()
    steps(page, said.locator("figure.ipc"))

    notebook.run(f"%%task {task}", f"%%task {task}\n{right}")
    said = notebook.run(f"%%check {task}")
    assert said.locator(".ipclab-verdict.right").count() == 1, said.inner_text()
    assert said.locator("figure").count() == 0 and "Right." in said.inner_text()

    notebook.run(f"%%task {task}", f"%%task {task}\ndef broken(:\n")
    assert "Line 2: Python cannot read this line" in notebook.run(f"%%check {task}").inner_text()

    begins_again(notebook, folder, name, task)


def steps(page, figure):
    """By button, by key and by slider; each step is said, and its line is marked where the program stands beside it."""
    said, count = figure.locator(".said"), figure.locator(".bar span")
    assert said.inner_text().startswith("The whole diagram")
    figure.get_by_role("button", name="Next").click()
    first = said.inner_text()
    assert count.inner_text().startswith("1 of ") and first.strip(".")
    page.keyboard.press("ArrowRight")
    assert count.inner_text().startswith("2 of ") and said.inner_text() != first
    last = int(figure.get_attribute("data-last"))
    figure.locator("input[type=range]").fill(str(last))
    assert count.inner_text() == f"{last} of {last}"
    figure.get_by_role("button", name="Start").click()
    assert said.inner_text() == "Before the first step."
    if figure.locator(".ipc-code").count():
        marked = set()
        for _ in range(last):
            figure.get_by_role("button", name="Next").click()
            marked |= {line.inner_text() for line in figure.locator(".ipc-code [aria-current]").all()}
        assert len(marked) >= 2


def begins_again(notebook, folder, name, task):
    """The cell is what it was, and what was in it is in a file."""
    start, page = labs.load(name).starts[task].strip(), notebook.page
    notebook.cell(f"%%task {task}").locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(f"%%reset {task}\ndef mine(): pass\n")
    page.keyboard.press("Control+Enter")
    page.locator(".jp-OutputArea").get_by_text("is as it was at first").wait_for(timeout=IDLE)
    shown = [line for line in notebook.cell(f"%%task {task}").locator(".cm-line").all_inner_texts() if line.strip()]
    assert shown == [line for line in [f"%%task {task}", *start.splitlines()] if line.strip()]
    assert (folder / f"{task}-before-reset-1.py").read_text() == "def mine(): pass\n"


@pytest.fixture(scope="module")
def feedback(tmp_path_factory):
    """A page of feedback with one failing run, as `ipclab grade` writes it."""
    lab = labs.load("signals")
    check = next(check for check in lab.graded if check.task == "till")
    verdict = examine("till", lab.starts["till"], check.shown, best())
    path = tmp_path_factory.mktemp("feedback") / "ann.html"
    path.write_text(pages.page(lab.title, "Ann", 0, 2, [], [pages.section(verdict, 0, 2, lab.starts["till"])]))
    return path


def test_on_the_page_of_feedback_the_stepper_runs_and_no_other_script(visit, accessible, feedback):
    """The page's policy allows one script, by its hash; a page that complains fails (see `visit`)."""
    page = visit(feedback)
    steps(page, page.locator("figure.ipc"))
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert f"script-src {script_hash()}" in policy and policy.startswith("default-src 'none'")


def test_a_screen_reader_finds_its_way_on_the_page_of_feedback(visit, accessible, feedback, tmp_path):
    """Without the policy, which would keep out the script that looks."""
    page = tmp_path / "open.html"
    page.write_text(re.sub("<meta http-equiv.*?>", "", feedback.read_text()))
    accessible(visit(page))


def test_without_scripts_the_run_is_there_whole_and_in_words(visit, feedback):
    page = visit(feedback, javascript=False)
    figure = page.locator("figure.ipc")
    assert figure.locator("svg").is_visible() and figure.locator(".ipc-code").is_visible()
    assert figure.locator("button").count() == 0
    figure.locator("summary").click()
    words = figure.locator("ol").inner_text()
    assert "SIGUSR1 comes in line" in words and "the handler returns." in words
