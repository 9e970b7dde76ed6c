"""Claims: sentences marked in the prose, each with the record that its cell left.

    [Five copies become one.]{.claim #coalesces}        in the prose
    claim("coalesces", calls == 1, calls=calls)         in a cell below (`ipclab.claims`)

Every such sentence gets a small mark that leads to the index of claims. A sentence without a record, or a record without
a sentence, is a warning, and so fails the build. `{claims}` is the index.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from .words import _

log = logging.getLogger(__name__)


class claim_mark(nodes.Inline, nodes.TextElement):
    """The tick after a claim: `record`."""


class claim_index(nodes.General, nodes.Element):
    """Stands where the list of all claims will be."""


class Index(SphinxDirective):
    def run(self):
        self.env.claims_page = self.env.docname
        return [claim_index("")]


def setup(app):
    app.add_node(claim_mark, html=(_open_mark, _close_mark), **{b: (_skip, _nothing) for b in ("latex", "text", "man", "texinfo")})
    app.add_node(claim_index)
    app.add_directive("claims", Index)
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", lambda app, env, name: _all(env).pop(name, None))
    app.connect("env-updated", lambda app, env: [page] if (page := getattr(env, "claims_page", None)) else [])
    app.connect("doctree-resolved", _fill)


def _all(env) -> dict[str, list[dict]]:
    """Page → its claims in the page's order."""
    if not hasattr(env, "claims"):
        env.claims = {}
    return env.claims


def _collect(app, doctree):
    """Join the page's marked sentences and its cells' records."""
    env = app.env
    if app.config.nb_execution_mode == "off":               # text is being extracted for translation
        return
    records = _records(app, env.docname)
    sentences = {name: node for node in doctree.findall(_is_claim) for name in node["names"][:1]}
    for name, node in sentences.items():
        if name not in records:
            log.warning("%s: the claim %r is not asserted by any cell of its page", env.docname, name, location=node)
    for name in records.keys() - sentences.keys():
        log.warning("%s: a cell asserts the claim %r, but no sentence of the page makes it", env.docname, name,
                    location=env.docname)
    _all(env)[env.docname] = [_joined(node, records[name]) for name, node in sentences.items() if name in records]


def _is_claim(node) -> bool:
    return isinstance(node, nodes.inline) and "claim" in node.get("classes", [])


def _records(app, page: str) -> dict[str, dict]:
    """The records that the page's cells left, by the claim's name; MyST-NB keeps them beside the executed notebook."""
    kept = [key for key in app.env.nb_metadata[page].get("glue", []) if key.startswith("claim:")]
    if not kept:
        return {}
    file = Path(app.outdir).parent / "jupyter_execute" / f"{page}.glue.json"
    data = json.loads(file.read_text())
    found = [json.loads(data[key]["data"]["application/json"]) for key in kept]
    return {nodes.fully_normalize_name(record["name"]): record for record in found}


def _joined(sentence, record: dict) -> dict:
    copy = nodes.inline("", "", *[child.deepcopy() for child in sentence.children])
    sentence += claim_mark("", record=record)
    return {**record, "id": sentence["ids"][0], "sentence": copy}


def _fill(app, doctree, page):
    for place in list(doctree.findall(claim_index)):
        place.replace_self(_list(app, page))


def _list(app, page: str) -> list[nodes.Node]:
    everything = [claim for claims in _all(app.env).values() for claim in claims]
    systems = sorted({f"{claim['kernel']}, {claim['python']}" for claim in everything})
    return [nodes.paragraph("", _("{} claims; {}.").format(len(everything), "; ".join(systems))),
            *(_section(app, page, other) for other in _in_order(app.env) if _all(app.env).get(other))]


def _in_order(env) -> list[str]:
    """The pages as the table of contents has them."""
    order, todo = [], [env.config.root_doc]
    while todo:
        page = todo.pop(0)
        order.append(page)
        todo = [child for child in env.toctree_includes.get(page, []) if child not in order] + todo
    return order


def _section(app, page: str, other: str) -> nodes.section:
    title = nodes.title("", app.env.titles[other].astext())
    return nodes.section("", title, _table(app, page, other), ids=[f"claims-of-{other.replace('/', '-')}"])


def _table(app, page: str, other: str) -> nodes.Node:
    rows = [[nodes.paragraph("", "", _link(app, page, other, claim)), nodes.paragraph("", _measured(claim))]
            for claim in _all(app.env)[other]]
    return table([_("Claim"), _("Measured at this build")], rows, (55, 45))


def table(heads: list[str], rows: list[list[nodes.Node]], widths: tuple[int, ...]) -> nodes.table:
    group = nodes.tgroup("", *[nodes.colspec(colwidth=w) for w in widths], cols=len(widths))
    group += nodes.thead("", _row([nodes.paragraph("", head) for head in heads]))
    group += nodes.tbody("", *[_row(row) for row in rows])
    return nodes.table("", group, classes=["claims"])


def _row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *[nodes.entry("", cell) for cell in cells])


def _link(app, page: str, other: str, claim: dict) -> nodes.Node:
    where = nodes.inline("", "", *[child.deepcopy() for child in claim["sentence"].children], ids=[_entry(claim)])
    return make_refnode(app.builder, page, other, claim["id"], where)


def _entry(claim: dict) -> str:
    return f"claim-{claim['name']}"


def _measured(claim: dict) -> str:
    if claim["lacks"]:
        return _("not tried: this machine lacks {}").format(claim["lacks"])
    return ", ".join(f"{key.replace('_', ' ')} = {value}" for key, value in claim["measured"].items())


def _open_mark(self, node):
    record, page = node["record"], getattr(self.builder.env, "claims_page", None)
    say = _("When this page was built, {} ({}, {})") if record["lacks"] else _("Checked when this page was built: {} ({}, {})")
    said = say.format(_measured(record), record["kernel"], record["python"])
    if page is None:
        self.body.append(self.starttag(node, "span", "", CLASS="claim-mark", title=said, role="img", **{"aria-label": said}))
    else:
        other = "" if self.builder.name == "singlehtml" else \
            self.builder.get_relative_uri(self.builder.current_docname, page)
        href = f"{other}#{_entry(record)}"
        self.body.append(self.starttag(node, "a", "", CLASS="claim-mark", href=href, title=said, **{"aria-label": said}))
    self.body.append("–" if record["lacks"] else "✓")


def _close_mark(self, node):
    self.body.append("</a>" if getattr(self.builder.env, "claims_page", None) else "</span>")


def _skip(self, node):
    raise nodes.SkipNode


def _nothing(self, node):
    pass
