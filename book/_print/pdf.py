"""The book on paper: `python book/_print/pdf.py book _build` makes _build/ipc-by-experiment.pdf of _build/epub/.

Chromium prints, so no LaTeX is needed. The pages become one document, in which links lead to the place in the document.
A first printing tells on which page each chapter begins; a second one has these numbers in the table of contents.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu"]         # the document is ours, and has no script
WIDE = 900                                             # pixels: what needs a page of its own, turned


@dataclass(frozen=True)
class Chapter:
    name: str
    title: str
    body: Tag


@dataclass(frozen=True)
class Part:
    caption: str
    chapters: tuple[Chapter, ...]


def main(book: Path, build: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("pdf: no Chromium to print with; install it "
                 "(Debian: apt install chromium libatomic1 fonts-noto-cjk) and try again.")
    parts = read(build / "epub", yaml.safe_load((book / "_toc.yml").read_text()))
    page = build / "epub/paper.html"                    # there, since it shows the pictures of the pages
    try:
        with sheet(browser) as tab:
            numbers = page_numbers(printed(tab, page, document(parts, {})))
            pdf = printed(tab, page, document(parts, numbers))
    finally:
        page.unlink(missing_ok=True)
    (build / "ipc-by-experiment.pdf").write_bytes(pdf)
    if lacks_chinese():
        print("pdf: no font here has Chinese characters, so those of the glossary are empty boxes;",
              "install one (Debian: apt install fonts-noto-cjk) and try again.", file=sys.stderr)


def lacks_chinese() -> bool:
    lister = shutil.which("fc-list")
    return bool(lister) and not subprocess.run([lister, ":lang=zh"], capture_output=True).stdout


def read(ebook: Path, toc: dict) -> list[Part]:
    """The chapters in the order of `_toc.yml`; the first page of the book is a part of its own."""
    parts = [Part("", (chapter(ebook, toc["root"]),))]
    for part in toc.get("parts", []):
        parts.append(Part(part["caption"], tuple(chapter(ebook, name) for name in files(part["chapters"]))))
    return parts


def files(entries: list[dict]) -> list[str]:
    """The pages of a part in their order, each before those under it."""
    return [name for entry in entries for name in [entry["file"], *files(entry.get("sections", []))]]


def chapter(ebook: Path, name: str) -> Chapter:
    """One page, its ids and its links made those of the whole document."""
    body = BeautifulSoup((ebook / f"{name}.xhtml").read_text(encoding="utf-8"), "html.parser").select_one("div.body")
    for element in body.find_all(id=True):
        element["id"] = f"{name}--{element['id']}"
    for link in body.find_all("a", href=True):
        link["href"] = inside(link["href"], name)
    for fold in body.select("details.answer"):          # on paper all of them are open
        fold.name, fold.summary["class"], fold.summary.name = "div", "answer-title", "p"
    for picture in body.select("figure.ipc img[width]"):
        if int(picture["width"]) > WIDE:
            picture.find_parent("figure")["class"].append("wide")
    for level in (4, 3, 2, 1):                          # a part is of the first level
        for heading in body.find_all(f"h{level}"):
            heading.name = f"h{level + 1}"
    return Chapter(name, body.h2.get_text(), body)


def inside(href: str, page: str) -> str:
    """Where in the document `href`, a link of `page`, leads."""
    if re.match(r"[a-z]+:", href):
        return href
    file, _, place = href.partition("#")
    name = file.removesuffix(".xhtml") or page
    return f"#{name}--{place}" if place else f"#{name}"


def document(parts: list[Part], numbers: dict[str, int]) -> str:
    style = "".join((HERE / name).read_text() for name in ("ebook.css", "paper.css"))
    running = "".join(header(each) for part in parts for each in part.chapters)
    (front, *rest), title = parts, html.escape(parts[0].chapters[0].title)
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{style}{running}</style></head><body>"
            f'<section class="cover"><h1>{title}</h1></section>{contents(parts, numbers)}'
            f"{shown(front)}{''.join(map(shown, rest))}</body></html>")


def header(one: Chapter) -> str:
    """The chapter's title at the head of each of its pages."""
    title = one.title.replace("\\", "\\\\").replace('"', '\\"')
    return f'@page {one.name} {{ @top-left {{ content: "{title}" }} }} #{one.name} {{ page: {one.name} }}\n'


def contents(parts: list[Part], numbers: dict[str, int]) -> str:
    return f'<nav class="contents"><h1>Contents</h1>{"".join(entry(part, numbers) for part in parts)}</nav>'


def entry(part: Part, numbers: dict[str, int]) -> str:
    lines = "".join(f'<li><a href="#{each.name}"><span>{html.escape(each.title)}</span><i></i>'
                    f"<b>{numbers.get(each.name, '')}</b></a></li>" for each in part.chapters)
    return f"<p>{html.escape(part.caption)}</p><ol>{lines}</ol>"


def shown(part: Part) -> str:
    caption = f'<section class="part"><h1>{html.escape(part.caption)}</h1></section>' if part.caption else ""
    return caption + "".join(f'<section class="chapter" id="{each.name}">{each.body.decode_contents()}</section>'
                             for each in part.chapters)


@contextmanager
def sheet(browser: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=ARGUMENTS)
        try:
            yield chromium.new_page(java_script_enabled=False)
        finally:
            chromium.close()


def printed(tab: Page, page: Path, document: str) -> bytes:
    page.write_text(document, encoding="utf-8")
    tab.goto(page.resolve().as_uri(), timeout=600_000)          # milliseconds; a whole book on a busy machine
    return tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


def page_numbers(pdf: bytes) -> dict[str, int]:
    """On which page each link of the document leads, counted from 1: Chromium names the places after the ids."""
    text = pdf.decode("latin-1")
    objects = {number: body for number, body in re.findall(r"^(\d+) 0 obj\n(.*?)^endobj", text, re.M | re.S)}
    order = [n for n, body in objects.items() if re.search(r"/Type\s*/Page\b", body)]
    return {name: order.index(n) + 1 for name, n in re.findall(r"/([\w-]+) \[(\d+) 0 R", text) if n in order}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
