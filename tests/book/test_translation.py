"""The book in a second language: every kind of text is extracted, and comes back translated; nothing runs to extract it."""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from building import ROOT, Built, build

PAGE = '''---
kernelspec: {display_name: Python 3, language: python, name: python3}
jupytext: {text_representation: {extension: .md, format_name: myst}}
myst:
  html_meta:
    description: About four.
---

# Tiny

[Two and two are four.]{.claim #sum}

```{listing} old.py
```

```{listing} new.py
:from: old.py
```

:::{predict}
How much?
:::

```{code-cell}
:tags: [remove-input]
from pathlib import Path
from IPython.display import HTML
from ipclab.claims import claim

Path("ran").touch()
found = 2 + 2
from ipclab.draw import pipe_gauge

HTML(pipe_gauge(found, 8, title="It's a sum").html + pipe_gauge(found, 8).html)
```

```{code-cell}
:tags: [remove-cell]
claim("sum", found == 4, found=found)
```

:::{because}
That is arithmetic.
:::

```{exercise} A harder sum
:label: harder
Add three.
```

````{solution-start} harder
````

It is seven.

````{solution-end}
````

```{claims}
```
'''

IN_GERMAN = {
    "About four.": "Über vier.", "Tiny": "Winzig",
    "[Two and two are four.]{.claim #sum}": "[Zwei und zwei sind vier.]{.claim #sum}",
    "How much?": "Wie viel?", "That is arithmetic.": "Das ist Rechnen.", "It's a sum": "Eine Summe", "How full the pipe is": "Wie voll die Pipe ist",
    "A harder sum": "Eine schwerere Summe", "Add three.": "Zähle drei dazu.", "It is seven.": "Es sind sieben.",
    "Predict, then look": "Erst raten, dann sehen",
    "What happened when this page was built": "Was beim Bau dieser Seite geschah",
    "`{}` differs from `{}`": "`{}` anders als `{}`",
    "Claim": "Behauptung", "Measured at this build": "Bei diesem Bau gemessen", "{} claims; {}.": "{} Behauptungen; {}.",
    "Checked when this page was built: {} ({}, {})": "Beim Bau geprüft: {} ({}, {})",
}


@pytest.fixture
def tiny(tmp_path):
    source = tmp_path / "book"
    source.mkdir()
    for part in ("_ext", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / part, source / part)
    (source / "programs").mkdir()
    (source / "programs/old.py").write_text("x = 1\n")
    (source / "programs/new.py").write_text("x = 2\n")
    (source / "_toc.yml").write_text("format: jb-book\nroot: tiny\n")
    (source / "tiny.md").write_text(PAGE)
    return source


def catalogues(source: Path, pots: dict[str, Catalog]) -> None:
    """Fill them in, as a translator does."""
    target = source / "locales/de/LC_MESSAGES"
    target.mkdir(parents=True)
    for name, catalogue in pots.items():
        for message in catalogue:
            message.string = IN_GERMAN.get(message.id, "") if message.id else message.string
        with open(target / f"{name}.po", "wb") as file:
            write_po(file, catalogue)


def in_german(source: Path, out: Path) -> Built:
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["sphinx"]["config"]["language"] = "de"
    (out / "german.yml").write_text(yaml.safe_dump(config, allow_unicode=True))
    return build(source, out, out / "german.yml")


def test_every_kind_of_text_comes_back_translated(tiny, tmp_path):
    both = Catalog(locale="de")
    for english in IN_GERMAN:
        both.add(english)
    catalogues(tiny, {"tiny": both, "ipcbook": both})
    built = in_german(tiny, tmp_path)
    assert built.status == 0, built.said
    page = (built.html / "tiny.html").read_text()
    for german in IN_GERMAN.values():
        for part in re.sub(r"[][`]|\{.claim #sum\}", "", german).split("{}"):
            assert part.strip(" (,)") in page, german
    assert '<span id="claim-sum">Zwei und zwei sind vier.</span>' in page and "found = 4" in page
    assert page.count("Eine schwerere Summe") == 2          # the exercise's title, and its solution's
    shown = html.unescape(page[page.index("<article"):page.index("</article>")])
    assert not [english for english in IN_GERMAN if english in shown]


@pytest.mark.slow
def test_every_kind_of_text_is_extracted_without_running_anything(tiny, tmp_path):
    """By the commands of `make gettext`, for the little book in place of ours."""
    rule = subprocess.run(["make", "--dry-run", "-s", "-C", ROOT, "gettext"], capture_output=True, text=True, check=True)
    commands = rule.stdout.replace("./setup.sh", "true").replace("book/_ext", f"{ROOT}/book/_ext").replace("_config.yml", f"{ROOT}/_config.yml")
    subprocess.run(f"set -e\nPATH={Path(sys.executable).parent}:$PATH\n{commands}", shell=True, check=True, cwd=tmp_path)
    assert not (tiny / "ran").exists()
    found = [read_po(open(tmp_path / f"_build/gettext/{name}.pot", "rb")) for name in ("tiny", "ipcbook")]
    extracted = {message.id for catalogue in found for message in catalogue if message.id}
    assert extracted >= IN_GERMAN.keys()
    words = {"Fact", "CPython ({}), and what it did", "not tried: this machine lacks {}", "When this page was built, {} ({}, {})"}
    assert extracted - IN_GERMAN.keys() == words           # nothing that is not there to be translated
