"""Programs on the page, by inclusion: what is shown is the file that runs.

    ```{listing} signals/first.py                   the whole of book/programs/signals/first.py
    ```
    ```{listing} signals/rule1_fixed.py             only what differs from the broken one
    :from: signals/rule1_broken.py
    ```

A listing longer or wider than a small screen is a warning.
"""

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.directives.code import LiteralInclude
from sphinx.util import logging

from .words import _

log = logging.getLogger(__name__)
LINES, COLUMNS = 40, 78


class Listing(LiteralInclude):
    option_spec = {"from": directives.unchanged, "name": directives.unchanged}

    def run(self):
        program, former = self.arguments[0], self.options.pop("from", None)
        self.arguments[0] = f"/programs/{program}"
        self.options["language"] = "python" if former is None else "diff"
        if former is not None:
            self.options["diff"] = f"/programs/{former}"
        self.options["caption"] = _("`{}` differs from `{}`").format(program, former) if former else f"`{program}`"
        self._measure(Path(self.env.srcdir, "programs", program))
        found = super().run()
        for block in (b for node in found for b in node.findall(nodes.literal_block)):
            _without_header(block)
        for caption in (c for node in found for c in node.findall(nodes.caption)):
            caption["translatable"] = False             # its words are in the book's language by now
        return found

    def _measure(self, file: Path) -> None:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) > LINES or any(len(line) > COLUMNS for line in lines):
            log.warning("%s is larger than %s lines of %s columns", file.name, LINES, COLUMNS,
                        location=self.get_location())


def _without_header(block: nodes.literal_block) -> None:
    """A diff names the files by their full paths, which belong to the machine that built the page."""
    if block.get("language") in ("diff", "udiff"):
        text = re.sub(r"\A---.*\n\+\+\+.*\n(@@.*\n)?|^@@.*$", lambda m: "" if m.start() == 0 else "...",
                      block.rawsource, flags=re.M)
        block.rawsource = text
        block.children = [nodes.Text(text)]
        block["language"] = "diff"


def setup(app):
    app.add_directive("listing", Listing)
