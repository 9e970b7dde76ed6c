"""A table of facts by CPython, from what `tests/facts_by_python.py` measured.

    ```{versions}
    fork_warning: Does a fork beside a second thread warn?        program of book/programs/versions, and the fact
    ```

Versions in a row that say the same stand together. A program without results is a warning, and so fails the build.
"""

import json
from itertools import groupby
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .claims import table
from .words import _

log = logging.getLogger(__name__)
RESULTS = "_data/versions.json"


class Versions(SphinxDirective):
    has_content = True

    def run(self):
        self.env.note_dependency(Path(self.env.srcdir, RESULTS))
        rows = json.loads(Path(self.env.srcdir, RESULTS).read_text())
        facts = [line.partition(": ")[::2] for line in self.content if line.strip()]
        for program in {name for row in rows for name in row["found"]} ^ {program for program, text in facts}:
            log.warning("%s has a program or a result, and not both", program, location=self.get_location())
        body = [[self._parsed(text, line), _found(rows, program)] for line, (program, text) in enumerate(facts)]
        kernels = ", ".join(f"Linux {kernel}" for kernel in sorted({row["kernel"] for row in rows}))
        return [table([_("Fact"), _("CPython ({}), and what it did").format(kernels)], body, (50, 50))]

    def _parsed(self, text: str, line: int) -> nodes.Node:
        place = nodes.Element()
        self.state.nested_parse(StringList([text], self.get_source_info()[0]), self.content_offset + line, place)
        return place[0]


def _found(rows: list[dict], program: str) -> nodes.Node:
    shown = nodes.line_block()
    for result, group in groupby(rows, key=lambda row: row["found"].get(program, "")):
        pythons = [row["python"] for row in group]
        which = pythons[0] if len(pythons) == 1 else f"{pythons[0]} – {pythons[-1]}"
        shown += nodes.line("", "", nodes.strong("", which), nodes.Text(" "), nodes.literal("", result))
    return shown


def setup(app):
    app.add_directive("versions", Versions)
