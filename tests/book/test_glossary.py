"""The glossary is a dictionary one can rely on: the courses' terms are in it, and the names that it gives exist."""

import builtins
import importlib
import re
from functools import reduce

import pytest
from pages import BOOK

import ipclab

TEXT = (BOOK / "glossary.md").read_text()
OURS = re.findall(r"ipclab `([\w.]+)`", TEXT)
PYTHONS = re.findall(r"Python `([\w.]+)`", TEXT)
TERMS = {line for line in TEXT.splitlines() if line and not line.startswith((" ", "#", "`", "-"))}

SIGNALS = "信号 软件中断 捕获 忽略 屏蔽 信号处理函数 内核态 用户态 堆栈 可重入 嵌套 权限检查".split()


@pytest.mark.parametrize("term", SIGNALS)
def test_every_term_of_the_notes_is_an_entry(term):
    assert term in TERMS


@pytest.mark.parametrize("name", sorted(set(OURS)))
def test_our_names_exist(name):
    start, *rest = name.split(".")
    found = importlib.import_module(f"ipclab.{start}") if start in ("mechanisms", "kernel", "processes") \
        else getattr(ipclab, start)
    for part in rest:
        found = getattr(found, part, None) or importlib.import_module(f"{found.__name__}.{part}")
    assert found.__doc__


@pytest.mark.parametrize("name", sorted(set(PYTHONS)))
def test_pythons_names_exist(name):
    start, *rest = name.split(".")
    found = getattr(builtins, start, None) or importlib.import_module(start)
    assert reduce(getattr, rest, found) is not None


def test_every_entry_has_both_languages():
    entries = re.findall(r"^(\S.*)\n(\S.*)\n  \S", TEXT[TEXT.index("```{glossary}"):], re.M)
    assert len(entries) >= 20
    assert all(english.isascii() and not chinese.isascii() for english, chinese in entries)
