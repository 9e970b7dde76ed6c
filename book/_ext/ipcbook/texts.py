"""Nothing that is to be read hides from a translator.

`make gettext` runs no cell. What our directives parse comes to the catalogues by itself; what follows would not:

- the title of an exercise, which sphinx-exercise makes of a mere string, and again for the solution;
- the title that a cell gives to a picture, `title="…"`, or that a drawer gives unless told: in a translated book it is
  replaced in what the cell showed;
- the description of a page, which MyST keeps where Sphinx does not look while it translates.
"""

import inspect
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from ipclab import draw
from ipclab.draw import choosing, costs
from sphinx.locale import init as catalogue
from sphinx_exercise.directive import ExerciseDirective
from sphinx_exercise.nodes import exercise_subtitle, exercise_title

PICTURE = re.compile(r'\btitle="([^"{}]+)"')
DRAWERS = [getattr(draw, name) for name in draw.__all__] + [choosing.choices, costs.cost_parts]
USUAL = {drawer.__name__: inspect.signature(drawer).parameters["title"].default for drawer in DRAWERS
         if inspect.isfunction(drawer) and "title" in inspect.signature(drawer).parameters}


class Exercise(ExerciseDirective):
    def run(self):
        found = super().run()
        source, line = self.get_source_info()
        for subtitle in (s for node in found for s in node.findall(exercise_subtitle)):
            subtitle.source, subtitle.line, subtitle.rawsource = source, line, self.arguments[0]    # Sphinx translates it
        return found


def setup(app):
    app.add_directive("exercise", Exercise, override=True)
    app.connect("builder-inited", _run_nothing, priority=100)       # before MyST-NB looks whether it shall
    app.connect("doctree-read", _extract_or_translate)


def _run_nothing(app):
    if app.builder.name == "gettext":
        app.config.nb_execution_mode = "off"


def _extract_or_translate(app, doctree):
    pictures = dict(_pictures(Path(app.env.doc2path(app.env.docname))))
    if app.builder.name == "gettext":
        exercises = {title.rawsource: title.line for title in doctree.findall(exercise_subtitle)}
        doctree += [_text(doctree["source"], *text) for text in (pictures | exercises).items()]
        return
    _name_solutions(app.env, doctree)
    translations, there = catalogue([str(Path(app.srcdir, "locales"))], app.config.language, app.env.docname)
    if there:
        _translate(doctree, pictures, translations.gettext, app.config.language)


def _pictures(page: Path) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        called = [USUAL[name] for name in re.findall(r"\b(\w+)\(", line) if USUAL.get(name)]
        yield from ((title, number) for title in [*PICTURE.findall(line), *called])


def _text(source: str, text: str, line: int) -> nodes.paragraph:
    node = nodes.paragraph(text, text)
    node.source, node.line = source, line
    return node


def _translate(doctree, pictures, translated, language) -> None:
    for description in doctree.findall(nodes.meta):
        description["content"] = translated(description["content"])
    for shown in doctree.findall(lambda node: isinstance(node, nodes.raw | nodes.literal_block)):
        text = shown.astext()
        for title in pictures:
            for form in (str, lambda words: escape(words, quote=False), escape):
                text = text.replace(form(title), form(translated(title)))
        if text != shown.astext():
            text = text.replace("<figcaption>", f'<figcaption lang="{language}">')         # the rest of a figure is English
            shown.rawsource, shown.children = text, [nodes.Text(text)]


def _name_solutions(env, doctree):
    """A solution's title repeats that of its exercise, from a copy that was made before it was translated."""
    for title in doctree.findall(exercise_title):
        known = getattr(env, "sphinx_exercise_registry", {}).get(title.parent.get("label"))
        if known:
            known["node"] = title.parent.deepcopy()
