"""A glossary term in Chinese says so, so that a screen reader speaks it and the system picks its font."""

from docutils import nodes


def setup(app):
    app.connect("doctree-read", _mark)


def _mark(app, doctree):
    for term in doctree.findall(nodes.term):
        if any("\u4e00" <= letter <= "\u9fff" for letter in term.astext()):
            term["classes"].append("language-zh")       # docutils writes lang="zh"
