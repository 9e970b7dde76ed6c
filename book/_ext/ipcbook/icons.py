"""Ship only the icons that the pages show: the theme's font has 1,400 of them and is half of a first visit."""

import logging
import re
from pathlib import Path

from fontTools import subset

FONT = "_static/vendor/fontawesome/webfonts/fa-solid-900"
RULE = re.compile(r"([^{}]+)\{[^{}]*content:\s*\"\\([0-9a-f]{4})\"")


def setup(app):
    logging.getLogger("fontTools").setLevel(logging.WARNING)       # else each of its steps is a line of the build
    app.connect("build-finished", _only_shown, priority=950)


def _only_shown(app, exception):
    out = Path(app.outdir)
    font = out / f"{FONT}.ttf"
    if exception is None and font.exists():
        _cut(font, out / f"{FONT}.woff2", _shown(out))


def _shown(out: Path) -> set[int]:
    """Code points of the icons that a page names by class, or a style sheet by number."""
    pages = "".join(path.read_text() for kind in ("*.html", "*.js") for path in out.rglob(kind))
    used = set(re.findall(r"\bfa-[\w-]+", pages))
    rules = RULE.findall("".join(path.read_text() for path in out.rglob("*.css")))
    return {int(code, 16) for selectors, code in rules if _applies(selectors, used)}


def _applies(selectors: str, used: set[str]) -> bool:
    """A rule for an icon's class counts if a page uses the class; any other rule counts."""
    icons = set(re.findall(r"\.(fa-[\w-]+)", selectors))
    return not icons or bool(icons & used)


def _cut(font: Path, target: Path, shown: set[int]) -> None:
    options = subset.Options(flavor="woff2", layout_features=[])
    loaded = subset.load_font(font, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=shown)
    cutter.subset(loaded)
    subset.save_font(loaded, target, options)
