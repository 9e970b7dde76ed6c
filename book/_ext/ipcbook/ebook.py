"""The same pages as an EPUB: well-formed XML without scripts, everything unfolded, each drawing a picture of its own.

An e-book reader knows neither JavaScript nor, often, the newer CSS. So drawings become SVG files in plain light colours,
and one small style sheet (`_print/ebook.css`) takes the place of the theme's.
"""

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from ipclab.draw import Picture

DRAWING = re.compile(r"<svg\b.*?</svg>", re.S)
AWAY = "style, script, .ipc-narrow, .ipc-untrusted"
MARKED = {"k", "kn", "kd", "ow", "kc", "c1", "sd", "gd", "gi"}     # what ebook.css shows of a program's syntax
FOR_SCRIPTS = re.compile("data-|tabindex|hidden")


def setup(app):
    app.connect("html-page-context", _rewrite, priority=950)        # after `offline`
    app.connect("html-collect-pages", _dress)                       # when all is written and nothing is packed yet


def _rewrite(app, pagename, templatename, context, doctree):
    if app.builder.name != "epub":
        return
    context["css_files"], context["script_files"] = ["_static/ebook.css"], []
    context["metatags"] = ""                                        # a second viewport
    if "body" in context:
        context["body"] = readable(context["body"], Path(app.outdir), pagename)


def readable(body: str, out: Path, page: str) -> str:
    """`body` as XHTML for an e-book; its drawings are written to files below `out`."""
    drawings = DRAWING.findall(body)
    places = (f'<img class="drawing" alt="{number}"/>' for number in range(len(drawings)))
    soup = BeautifulSoup(DRAWING.sub(lambda _: next(places), body), "html.parser")
    for element in soup.select(AWAY):
        element.decompose()
    for place in soup.select("img.drawing"):
        place.replace_with(_as_file(drawings[int(place["alt"])], out, f"{page}-{place['alt']}"))
    for element in soup.select("figure.ipc, figure.ipc *"):
        element.attrs = {name: value for name, value in element.attrs.items() if not FOR_SCRIPTS.match(name)}
    for fold in soup.select("details.hide"):
        _unfold(fold)
    for word in soup.select(".highlight span"):
        if not MARKED.intersection(word.get("class", [])):
            word.unwrap()
    return str(soup)


def _as_file(drawing: str, out: Path, name: str) -> Tag:
    file = out / "_pictures" / f"{name.replace('/', '-')}.svg"
    file.parent.mkdir(exist_ok=True)
    alone = Picture(drawing, title="", summary="").svg if 'class="ipc' not in drawing[:drawing.index(">")] else drawing
    file.write_text(alone.replace("; direction: ltr", ""), encoding="utf-8")           # which EPUB forbids
    return _picture(drawing, f"_pictures/{file.name}")


def _picture(drawing: str, address: str) -> Tag:
    soup = BeautifulSoup(drawing, "html.parser")
    words = [soup.svg.get("aria-label", ""), soup.desc.get_text() if soup.desc else ""]
    return soup.new_tag("img", src=address, alt=". ".join(filter(None, words)), width=round(float(soup.svg["width"])))


def _unfold(fold) -> None:
    """What is folded for lack of room on a screen, and not for suspense, is simply there."""
    fold.summary.decompose()
    fold.name, fold["class"] = "div", ["unfolded"]


def _dress(app):
    """Leave the one style sheet, and of the theme's files none."""
    if app.builder.name == "epub":
        static = Path(app.outdir, "_static")
        for file in [path for path in static.rglob("*") if path.is_file()]:
            file.unlink()
        static.joinpath("ebook.css").write_text(Path(app.srcdir, "_print/ebook.css").read_text())
    return []
