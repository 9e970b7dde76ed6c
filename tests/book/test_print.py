"""The book as an EPUB and on paper: a small one here, the whole one under `make stress`."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import chromium
import pytest
import yaml
from building import ROOT
from pages import PAGES

from ipclab import Semaphore, process, run, space_time

SCRIPT = ROOT / "book/_print/pdf.py"
XHTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"

FRONT = """
# A small book

See {doc}`pipes`, {ref}`its exercises <of-pipes>`, and {term}`process`.

## Exercises

```{glossary}
process
进程
  A program while it runs.
```
"""
PIPES = """
# Pipes

```{raw} html
%s
```

:::{predict}
How much?
:::

```text
the answer is 4
```

:::{because}
That is arithmetic.
:::

(of-pipes)=
## Exercises

````{exercise}
:label: ex-less
Is 3 < 4 & 4 > 3?
````

````{solution-start} ex-less
:class: dropdown
````

```python
print(3 < 4)            # so it is
```

````{solution-end}
````

See {doc}`index`.
"""


def drawn():
    def give(items):
        items.V()

    with Semaphore(0, label="items") as items:
        picture = space_time(run(process(give, items)).trace, title="V & nothing else")
    return replace(picture, narrow=picture.drawing)         # for a phone; an e-book has the wide one alone


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two pages, as an e-book; its folder has book/ and _build/."""
    folder = tmp_path_factory.mktemp("small")
    source = folder / "book"
    source.mkdir()
    for part in ("_ext", "_print", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / part, source / part)
    (source / "_toc.yml").write_text("format: jb-book\nroot: index\n"
                                     "parts: [{caption: The mechanisms, chapters: [{file: pipes}]}]\n")
    (source / "index.md").write_text(FRONT)
    (source / "pipes.md").write_text(PIPES % drawn().html)
    ebook(source, folder)
    return folder


def ebook(source, out) -> str:
    """What `make epub` does; what it said."""
    ran = subprocess.run(["jupyter-book", "build", source, "--config", ROOT / "_config.yml", "--path-output", out,
                          "--builder", "custom", "--custom-builder", "epub", "-W", "-n", "--keep-going"], text=True,
                         env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert ran.returncode == 0, ran.stdout[-4000:]
    return ran.stdout


def packed(folder):
    return ZipFile(folder / "_build/epub/ipc-by-experiment.epub")


def whole(book: ZipFile) -> dict[str, ElementTree.Element]:
    """The pages of an e-book, if it is in order: listed, well-formed, without scripts, each link leading somewhere."""
    first, names = book.infolist()[0], set(book.namelist())
    assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", ZIP_STORED, b"application/epub+zip")
    manifest = {unquote(item.get("href")) for item in ElementTree.fromstring(book.read("content.opf")).iter(f"{OPF}item")}
    assert names - manifest == {"mimetype", "content.opf", "META-INF/container.xml"} and manifest <= names
    pages = {name: ElementTree.fromstring(book.read(name)) for name in names if name.endswith(".xhtml")}
    ids = {name: {element.get("id") for element in page.iter()} for name, page in pages.items()}
    for name, page in pages.items():
        assert not [tag for tag in ("script", "style", "svg", "button") if any(page.iter(f"{XHTML}{tag}"))], name
        assert all(_leads(name, element, names, ids) for element in page.iter()), name
    assert not [n for n in names if n.endswith(".svg") and b"var(" in book.read(n)]       # an old reader's black box
    return pages


def _leads(page: str, element, names: set, ids: dict) -> bool:
    address = urlsplit(element.get("href") or element.get("src") or "")
    file = address.path or page
    return bool(address.scheme) or file in names and (not address.fragment or address.fragment in ids[file])


def test_the_e_book_is_in_order_and_hides_nothing(small):
    pages = whole(packed(small))
    assert set(pages) == {"index.xhtml", "pipes.xhtml", "genindex.xhtml", "nav.xhtml"}
    pipes = ElementTree.tostring(pages["pipes.xhtml"], encoding="unicode", method="text")
    for text in ("V & nothing else", "the answer is 4", "That is arithmetic.", "print(3 < 4)", "Is 3 < 4 & 4 > 3?"):
        assert text in pipes
    (picture,) = pages["pipes.xhtml"].iter(f"{XHTML}img")
    assert [name for name in packed(small).namelist() if name.endswith(".svg")] == [picture.get("src")]
    assert picture.get("alt").startswith("Space-time diagram: V & nothing else. ")
    drawing = packed(small).read(picture.get("src"))
    assert ElementTree.fromstring(drawing).tag.endswith("svg") and b"#0b62a8" in drawing


def module():
    spec = importlib.util.spec_from_file_location("print_pdf", SCRIPT)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def test_on_paper_it_is_one_document_with_page_numbers(small):
    chromium.executable()
    pdf = module()
    ran = subprocess.run([sys.executable, SCRIPT, small / "book", small / "_build"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    printed = (small / "_build/ipc-by-experiment.pdf").read_bytes()
    numbers = pdf.page_numbers(printed)                 # cover, contents, the first page, the part, its chapter
    assert (numbers["index"], numbers["pipes"], numbers["pipes--of-pipes"]) == (3, 5, 5)
    assert b"/Outlines" in printed and b"/StructTreeRoot" in printed
    assert not (small / "_build/epub/paper.html").exists()


def test_the_document_has_every_link_inside_and_every_answer_open(small):
    pdf = module()
    toc = {"root": "index", "parts": [{"caption": "The mechanisms", "chapters": [{"file": "pipes"}]}]}
    text = pdf.document(pdf.read(small / "_build/epub", toc), {"index": 3, "pipes": 5})
    ids, links = re.findall(r' id="([^"]+)"', text), re.findall(r' href="#([^"]+)"', text)
    assert len(ids) == len(set(ids)) and set(links) <= set(ids)
    assert "pipes--exercises" in ids and "index--exercises" in ids
    assert "<b>5</b>" in text and '@page pipes { @top-left { content: "Pipes" } }' in text
    assert text.index("How much?") < text.index("the answer is 4") and 'class="answer-title"' in text


def test_without_chromium_it_says_what_to_install(small, tmp_path):
    ran = subprocess.run([sys.executable, SCRIPT, small / "book", small / "_build"], capture_output=True, text=True,
                         env={**os.environ, "PATH": str(tmp_path)})
    assert ran.returncode == 1 and len(ran.stderr.splitlines()) == 1 and "apt install chromium" in ran.stderr


@pytest.mark.slow
def test_the_whole_book_runs_nothing_again_and_has_every_page(book):
    chromium.executable()
    folder = book.html.parents[1]
    assert "Executing notebook" not in ebook(ROOT / "book", folder)
    assert {f"{page.stem}.xhtml" for page in PAGES} <= set(whole(packed(folder)))
    subprocess.run([sys.executable, SCRIPT, ROOT / "book", folder / "_build"], check=True)
    numbers = module().page_numbers((folder / "_build/ipc-by-experiment.pdf").read_bytes())
    begins = [numbers[each.name] for part in _parts(folder) for each in part.chapters]
    assert begins == sorted(set(begins)) and len(begins) == len(PAGES)


def _parts(folder):
    return module().read(folder / "_build/epub", yaml.safe_load((ROOT / "book/_toc.yml").read_text()))
