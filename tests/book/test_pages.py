"""What the sources promise, before anything is built."""

import ast
import re
from collections import Counter

import pytest
import yaml
from pages import BOOK, MARKED, PAGES, PROGRAMS, calls, front_matter, listed, run

EVERY = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def in_toc(part) -> list[str]:
    if isinstance(part, dict):
        return [part[k] for k in ("file", "root") if k in part] + [f for v in part.values() for f in in_toc(v)]
    return [file for item in part for file in in_toc(item)] if isinstance(part, list) else []


def test_the_table_of_contents_lists_every_page_once():
    toc = in_toc(yaml.safe_load((BOOK / "_toc.yml").read_text()))
    assert Counter(toc) == Counter(page.stem for page in PAGES)


@EVERY
def test_a_page_describes_itself(page):
    description = front_matter(page)["myst"]["html_meta"]["description"]
    assert 40 <= len(description) <= 200


@EVERY
def test_a_page_opens_as_a_notebook_if_it_has_code(page):
    if "{code-cell}" in page.read_text():
        matter = front_matter(page)
        assert matter["jupytext"]["text_representation"]["format_name"] == "myst"
        assert matter["kernelspec"]["name"] == "python3"


@EVERY
def test_every_claim_can_fail(page):
    for call in calls(page, "claim"):
        names = {node.id for node in ast.walk(call.args[1]) if isinstance(node, ast.Name)}
        assert names, f"{ast.unparse(call)} compares nothing that was measured"


def test_no_two_pages_make_a_claim_of_the_same_name():
    names = Counter(name for page in PAGES for name in MARKED.findall(page.read_text()))
    assert names and not {name: n for name, n in names.items() if n > 1}


@EVERY
def test_a_page_runs_each_program_that_it_shows(page):
    by_strace = {"signals/taps.py"}                     # run by hand, under strace
    assert listed(page) - by_strace == run(page)


@EVERY
def test_a_chapter_says_how_it_is_opened_as_a_notebook(page):
    if "{exercise}" in page.read_text():
        assert f"Type `make lab`, go up to the folder `book`, and open `{page.name}`" in page.read_text()


def test_each_lab_is_one_click_from_a_chapter():
    offered = re.findall(r"{download}`[^<]*<\.\./labs/(\w+)/\1\.ipynb>`", "".join(page.read_text() for page in PAGES))
    assert set(offered) == {master.parent.name for master in (BOOK.parent / "labs").glob("*/master.md")}


def test_every_program_is_shown():
    shown = set().union(*map(listed, PAGES))
    assert shown == {str(p.relative_to(PROGRAMS)) for p in PROGRAMS.rglob("*.py")}


@EVERY
def test_a_page_asks_at_least_what_it_should(page):
    """A chapter that experiments also asks: six predictions, six exercises with solutions."""
    text = page.read_text()
    if text.count("{listing}") > 10 and page.stem != "versions":        # which is a table
        assert text.count(":::{predict}") >= 6 and text.count(":::{because}") == text.count(":::{predict}")
        exercises = text.count("```{exercise}")
        assert exercises >= 6 and text.count("{solution-start}") == text.count("{solution-end}") == exercises
