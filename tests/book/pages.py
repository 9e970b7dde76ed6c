"""The sources of the book as these tests read them: pages, their front matter, cells, listings and claims."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jupytext
import yaml
from building import ROOT

BOOK = ROOT / "book"
PROGRAMS = BOOK / "programs"
PAGES = sorted(BOOK.glob("*.md"))
LISTED = re.compile(r"^```\{listing\} (\S+)(?:\n:from: (\S+))?", re.M)
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.M | re.S)
RUNS = re.compile(r'\bprogram\("([\w/]+\.py)"')
MARKED = re.compile(r"\]\{\.claim #([\w-]+)\}")


def front_matter(page: Path) -> dict:
    return yaml.safe_load(page.read_text().split("---")[1])


def code(page: Path) -> ast.Module:
    """All code cells of a page as one module."""
    text = page.read_text()
    cells = jupytext.reads(text, fmt="md:myst").cells if "kernelspec" in text else []
    return ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))


def calls(page: Path, function: str) -> list[ast.Call]:
    return [node for node in ast.walk(code(page)) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name) and node.func.id == function]


def listed(page: Path) -> set[str]:
    """The programs that a page shows."""
    return {program for program, _ in LISTED.findall(page.read_text())}


def run(page: Path) -> set[str]:
    """The programs that a page runs."""
    return {call.args[0].value for call in calls(page, "program")}


def alone(page: Path) -> set[str]:
    """The programs that a page runs in a cell of their own: what that cell printed, the program printed."""
    runs = map(RUNS.findall, CELL.findall(page.read_text()))
    return {names[0] for names in runs if len(names) == 1}
