"""Whatever lies in the folder: each is read, or gets a plain sentence."""

import json
import os
import zipfile

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
    for name, file in [("ann", "signals.ipynb"), ("bea", "my copy.ipynb"), ("cy", "notes.txt"), ("dan", None)]:
        (tmp_path / name).mkdir()
        if file:
            (tmp_path / name / file).write_text(_notebook(_cell(name, "task-till")))
    (tmp_path / "ann" / "another.ipynb").write_text(_notebook(_cell("another", "task-till")))
    (tmp_path / ".hidden").mkdir()
    assert _found(tmp_path) == [
        ("ann", "ann"), ("bea", "bea"), ("cy", "What was handed in is no notebook: notes.txt."),
        ("dan", "The folder holds no notebook.")]


# Downloads from learning platforms, archives, several attempts

def _found(place):
    return [(one.student, one.solutions.get("till", one.problem)) for one in collected(place, "signals", TASKS)]


def _put(folder, **files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_notebook(_cell(text, "task-till")))
    return folder


def _packed(archive, folder, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(archive, "w", compression) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, path.relative_to(folder))
    return archive


DOWNLOADS = {
    "Canvas": ({"doejane_123_9001_signals.ipynb": "a", "roejohn_LATE_45_9002_my lab-2.ipynb": "b",
                "anon_Xy12z_9003_signals.ipynb": "c", "LATE_anon_Qw12z_9004_signals.ipynb": "d"},
               [("anon_Qw12z", "d"), ("anon_Xy12z", "c"), ("doejane (123)", "a"), ("roejohn (45)", "b")]),
    "Canvas, several files": ({"doejane_123_9009_signals-2.ipynb": "new", "doejane_123_9001_signals.ipynb": "old",
                               "doejane_123_10000_signals-1.ipynb": "newest"}, [("doejane (123)", "newest")]),
    "Moodle": ({"Jane Doe_77_assignsubmission_file_/signals.ipynb": "a", "Jane Doe_77_assignsubmission_onlinetext_/x.html": "",
                "Jane Doe_78_assignsubmission_file/lab/signals (1).ipynb": "b",
                "Al O'Neil_79_assignsubmission_file_signals.ipynb": "c"},
               [("Al O'Neil (79)", "c"), ("Jane Doe (77)", "a"), ("Jane Doe (78)", "b")]),
    "nbgrader's exchange": ({"ann+signals+2026-11-20 10:00:00 UTC/signals.ipynb": "old",
                             "ann+signals+2026-11-20 11:00:00 UTC+xyz/signals.ipynb": "new"}, [("ann", "new")]),
    "nbgrader's submitted/": ({"ann/signals/signals.ipynb": "a", "bea/signals/signals.ipynb": "b"}, [("ann", "a"), ("bea", "b")]),
    "a folder around": ({"all/ann/signals.ipynb": "a", "all/bea/signals.ipynb": "b"}, [("ann", "a"), ("bea", "b")]),
    "copies": ({"ann/signals.ipynb": "a", "ann/signals-Copy2.ipynb": "copy", "bea/lab-9.ipynb": "old", "bea/lab-10.ipynb": "b",
                "bea/.ipynb_checkpoints/lab-11.ipynb": "checkpoint"}, [("ann", "a"), ("bea", "b")]),
    "renamed by browsers": ({"ann.ipynb.txt": "a", "bea.ipynb.json": "b", "cy.IPYNB": "c", "grades.csv": ""},
                            [("ann", "a"), ("bea", "b"), ("cy", "c")]),
    "dates in names": ({"ann_2026_11_signals.ipynb": "a", "bea_2026_11_signals.ipynb": "b"},
                       [("ann (2026)", "a"), ("bea (2026)", "b")]),
}


@pytest.mark.parametrize("files, expected", DOWNLOADS.values(), ids=DOWNLOADS)
def test_downloads_are_taken_as_they_are_and_as_archives(tmp_path, files, expected):
    folder = _put(tmp_path / "in", **files)
    assert _found(folder) == expected
    assert _found(_packed(tmp_path / "all.ZIP", folder)) == expected
    inside = tmp_path / "in a folder"
    inside.mkdir()
    (tmp_path / "all.ZIP").rename(inside / "all.zip")
    assert _found(inside) == expected


def test_number_and_time_are_known(tmp_path):
    folder = _put(tmp_path / "in", **{"doejane_123_9001_signals.ipynb": "a"})
    os.utime(folder / "doejane_123_9001_signals.ipynb", (1_700_000_000, 1_700_000_000))
    for place in (folder, _packed(tmp_path / "all.zip", folder)):
        one, = collected(place, "signals", TASKS)
        assert (one.id, one.changed, one.path.name) == ("123", 1_700_000_000, "doejane_123_9001_signals.ipynb")


def test_the_last_that_can_be_read_counts_and_it_is_said(tmp_path):
    _put(tmp_path, **{"ann/lab-1.ipynb": "one", "ann/lab-2.ipynb": "two"})
    (tmp_path / "ann" / "lab-3.ipynb").write_text("{")
    (tmp_path / "ann" / "lab-4.ipynb").write_text(_notebook(_cell("scratch", "x")))
    one, = collected(tmp_path, "signals", TASKS)
    assert one.solutions == {"till": "two"} and one.notes == ("4 notebooks were handed in; “lab-2.ipynb” counts.",)


def test_a_students_own_archive(tmp_path):
    _packed(tmp_path / "doejane_123_9001_lab.zip", _put(tmp_path / "in", **{"lab/signals.ipynb": "a", "lab/data.txt": ""}))
    (tmp_path / "ann").mkdir()
    (tmp_path / "doejane_123_9001_lab.zip").rename(tmp_path / "ann" / "mine.zip")
    _put(tmp_path / "ann", **{"../bea/signals.ipynb": "b"})
    (tmp_path / "in").rename(tmp_path / ".in")
    assert _found(tmp_path) == [("ann", "a"), ("bea", "b")]


def _bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(3):
            file.writestr(f"{number}.ipynb", b" " * (LARGEST + 1))


def _a_million_names(path):
    with zipfile.ZipFile(path, "w") as file:
        for number in range(5001):
            file.writestr(f"{number}.ipynb", b"")


def _locked(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.ipynb", _notebook())
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    path.write_bytes(data)


def _damaged(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.ipynb", _notebook() * 9)
    data = bytearray(path.read_bytes())
    data[40:60] = b"x" * 20
    path.write_bytes(data)


def _up(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../../etc/up.ipynb", "{")
        file.writestr("/etc/up.ipynb", "{")
        file.writestr("a/" * 50 + "deep.ipynb", "{")


@pytest.mark.parametrize("make, words", [
    (_bomb, "larger than 10 MB"), (_a_million_names, "far too many files"), (_locked, "locked with a password"),
    (_damaged, "damaged"), (_up, "is no notebook"), (lambda path: path.write_bytes(b"PK"), "is none"),
    (lambda path: os.mkfifo(path), "not a plain file"), (lambda path: path.symlink_to("/dev/zero"), "not a plain file"),
], ids=["bomb", "a million names", "locked", "damaged", "upwards", "no archive", "a pipe", "a device"])
def test_archives_that_are_none_or_worse_get_a_sentence(tmp_path, make, words):
    folder = _put(tmp_path / "in", **{"bea/signals.ipynb": "b"})
    (folder / "ann").mkdir()
    make(folder / "ann" / "mine.zip")
    one, two = collected(folder, "signals", TASKS)
    assert words in one.problem and not one.solutions and two.solutions
    assert len(list(tmp_path.rglob("*"))) == 5           # nothing was unpacked


# Cells that were split, copied, moved, and notebooks of another time

def test_a_split_cell_is_put_together(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(
        _cell("%%task till\na = 1", "x1", lab={"role": "task", "task": "till"}),
        _cell("b = 2", "task-till", lab={"role": "task", "task": "till"}), _cell("c = 3"),
        _cell("d = 4", lab={"role": "task", "task": "till"})))
    assert found.solutions == {"till": "d = 4"} and "2 cells" in found.notes[0]
    found = _one(tmp_path, "a.ipynb", _notebook(
        _cell("%%task till\na = 1", "task-till"), _cell("b = 2", "y", lab={"role": "task", "task": "till"}), _cell("c = 3")))
    assert found.solutions == {"till": "\na = 1\nb = 2"} and not found.notes


def test_what_the_first_line_says_counts_more_than_what_is_left_of_a_copied_cell(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(_cell("\n%%task tray\nb", "task-till"), _cell("%%task till\na", "x")))
    assert found.solutions == {"tray": "\n\nb", "till": "\na"}


def test_an_empty_copy_does_not_count(tmp_path):
    found = _one(tmp_path, "a.ipynb", _notebook(_cell("%%task till\na", "task-till"), _cell("%%task till", "y")))
    assert found.solutions == {"till": "\na"} and "2 cells" in found.notes[0]


@pytest.mark.parametrize("name, words", [("semaphores", "of the lab “semaphores”, not of “signals”"), ("signals", "older version")])
def test_another_lab_or_another_version_is_said(tmp_path, name, words):
    text = json.dumps({"cells": [_cell("a", "task-other")], "metadata": {"lab": {"name": name}}})
    assert words in _one(tmp_path, "a.ipynb", text).notes[0]


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
