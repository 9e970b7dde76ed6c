"""Whatever lies in the folder: each is read, or gets a plain sentence."""

import json
import os

import pytest

from ipclab.grade.submissions import LARGEST, NoSubmissions, collected

TASKS = ["till", "tray"]


def _notebook(*cells):
    return json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def _cell(source, id="x", **metadata):
    return {"cell_type": "code", "id": id, "source": source, "metadata": metadata}


def _one(folder, name, text):
    (folder / name).write_text(text)
    found, = collected(folder, "signals", TASKS)
    return found


def test_a_task_is_known_by_its_id(tmp_path):
    found = _one(tmp_path, "ann.ipynb", _notebook(_cell("%%task till\na = 1", "task-till"), _cell("other", "task-other")))
    assert (found.student, found.slug, found.solutions, found.problem) == ("ann", "ann", {"till": "\na = 1"}, "")


def test_then_by_its_metadata_then_by_its_first_line(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(_cell("a = 1", lab={"role": "task", "task": "till"}), _cell("%%task  tray\nb")))
    assert found.solutions == {"till": "a = 1", "tray": "\nb"}


def test_of_several_cells_the_last_counts_and_it_is_said(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(_cell("one", "task-till"), _cell("two", "task-till")))
    assert found.solutions == {"till": "two"} and "2 cells" in found.notes[0]


def test_a_source_in_lines_is_joined(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(_cell(["%%task till\n", "a\n", 3, "b"], "task-till")))
    assert found.solutions == {"till": "\na\nb"}


@pytest.mark.parametrize("text", [
    "", "{", "[]", "3", "null", '{"cells": 3}', '{"cells": [' + "1," * 6000 + "1]}", "[" * 200_000, "\x00", '{"a": ' + "9" * 5000 + "}"],
    ids=["empty", "cut off", "list", "number", "null", "no cells", "many cells", "deep", "zeros", "long number"])
def test_what_is_no_notebook_gets_a_sentence(tmp_path, text):
    found = _one(tmp_path, "a.ipynb", text)
    assert found.problem.startswith("The file is no notebook") and found.solutions == {}


@pytest.mark.parametrize("cell", [
    3, None, {}, {"cell_type": "code"}, _cell(None), _cell({"a": 1}), {**_cell("a"), "metadata": 3},
    {**_cell("a"), "metadata": {"lab": []}}, {**_cell("a"), "id": ["task-till"]}], ids=str)
def test_odd_cells_are_passed_over(tmp_path, cell):
    assert _one(tmp_path, "a.ipynb", _notebook(cell, _cell("ok", "task-till"))).solutions == {"till": "ok"}


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(b"\xff\xfe\x00{")
    assert collected(tmp_path, "signals", TASKS)[0].problem


def test_half_a_character_is_replaced(tmp_path):
    found = _one(tmp_path, "a.ipynb", '{"cells": [{"cell_type": "code", "id": "task-till", "source": "a\\ud800"}]}')
    assert found.solutions == {"till": "a?"}


def test_too_large_a_file_is_not_read(tmp_path):
    with open(tmp_path / "a.ipynb", "wb") as file:
        file.truncate(LARGEST + 1)
    assert "10 MB" in collected(tmp_path, "signals", TASKS)[0].problem


def test_links_pipes_and_devices_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(_notebook(_cell("secret", "task-till")))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a_link.ipynb").symlink_to(secret)
    (folder / "b_device.ipynb").symlink_to("/dev/zero")
    os.mkfifo(folder / "c_pipe.ipynb")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "signals.ipynb").write_text(_notebook(_cell("secret", "task-till")))
    (folder / "d_link").symlink_to(elsewhere)
    found = collected(folder, "signals", TASKS)
    assert [one.student for one in found] == ["a_link", "b_device", "c_pipe", "d_link"]
    assert all("not a plain file" in one.problem and not one.solutions for one in found)


def test_a_folder_per_student(tmp_path):
    for name, file in [("ann", "signals.ipynb"), ("bea", "my copy.ipynb"), ("cy", "notes.txt")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(_notebook(_cell(name, "task-till")))
    (tmp_path / "ann" / "another.ipynb").write_text("{")
    (tmp_path / ".hidden").mkdir()
    found = collected(tmp_path, "signals", TASKS)
    assert [(one.student, one.solutions.get("till", one.problem)) for one in found] == [
        ("ann", "ann"), ("bea", "bea"), ("cy", "The folder holds no notebook.")]


def test_names_are_fit_for_people_and_for_files(tmp_path):
    names = ["../up", "a\nb", "Zoë 张", "=1+1", "x" * 200, "A", "a", "-rf", "\x1b[31m"]
    for name in names:
        (tmp_path / (name.replace("/", "∕") + ".ipynb")).write_text(_notebook())
    found = collected(tmp_path, "signals", TASKS)
    assert len({one.slug.lower() for one in found}) == len(names)
    for one in found:
        assert one.student.isprintable() and len(one.student) <= 101
        assert one.slug.isascii() and not set(one.slug) & set("/\n .") and one.slug


@pytest.mark.parametrize("make, words", [(False, "no such folder"), (True, "holds no notebook")])
def test_nothing_to_grade_says_what_to_do(tmp_path, make, words):
    folder = tmp_path / "in"
    if make:
        folder.mkdir()
    with pytest.raises(NoSubmissions, match=words):
        collected(folder, "signals", TASKS)
