"""Predict, then look: a question whose answer is what the page's own run showed.

    :::{predict}                       the question
    How often does the handler run?
    :::
    ```{code-cell}                     the run; its output is the answer
    …
    ```
    :::{because}                       the reason; ends the answer
    A pending signal is one bit.
    :::

Everything after the question, up to and including the reason, goes into a native `details` element: it opens with a
key, needs no script, and a page printed or read as plain text has it in full.
"""

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .words import _

log = logging.getLogger(__name__)


class predict_question(nodes.Admonition, nodes.Element):
    pass


class predict_reason(nodes.General, nodes.Element):
    pass


class predict_answer(nodes.General, nodes.Element):
    pass


class Predict(SphinxDirective):
    has_content = True

    def run(self):
        node = predict_question("\n".join(self.content))
        self.set_source_info(node)
        node += nodes.paragraph("", _("Predict, then look"), classes=["admonition-title"])
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Because(SphinxDirective):
    has_content = True

    def run(self):
        node = predict_reason("\n".join(self.content))
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def setup(app):
    plain = {builder: (_pass, _pass) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(predict_question, html=(_open_question, _close_div), **plain)
    app.add_node(predict_reason, html=(_open_reason, _close_div), **plain)
    app.add_node(predict_answer, html=(_open_answer, _close_answer), **plain)
    app.add_directive("predict", Predict)
    app.add_directive("because", Because)
    app.connect("doctree-read", _fold, priority=400)        # before the toctree collector looks at the page


def _fold(app, doctree):
    for asked in list(doctree.findall(predict_question)):
        parent, start = asked.parent, asked.parent.index(asked)
        end = next((i for i in range(start + 1, len(parent)) if isinstance(parent[i], (predict_reason, predict_question))), None)
        if end is None or isinstance(parent[end], predict_question):
            log.warning("a predict question without its `because`", location=asked)
            continue
        folded = predict_answer("", *parent[start + 1:end + 1])
        del parent[start + 1:end + 1]
        asked += folded


def _open_question(self, node):
    self.body.append(self.starttag(node, "div", CLASS="admonition predict"))


def _open_reason(self, node):
    self.body.append(self.starttag(node, "div", CLASS="because"))


def _close_div(self, node):
    self.body.append("</div>\n")


def _open_answer(self, node):
    summary = _("What happened when this page was built")
    self.body.append(f"<details class=\"answer\"><summary>{summary}</summary>\n")


def _close_answer(self, node):
    self.body.append("</details>\n")


def _pass(self, node):
    pass
