"""The reference of ipclab, made from its docstrings when the book is built.

    ```{reference} kernel                       all that `ipclab.kernel` makes public
    ```
    ```{reference} mechanisms._object KernelObject          of a module, this
    ```
    ```{public}                                 a list of all names in `ipclab.__all__`, each with its first sentence
    ```
    ipclab `Semaphore.P`                        in the text of any page: a link to its entry

Docstrings are Markdown, as the pages are. A method without one says what the method of the parent says. Something
public that says nothing is a warning, and so fails the build.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tokenize
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from io import StringIO

import ipclab
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

log = logging.getLogger(__name__)
DOTS = 7                                    # colons around a class; one less around what is in it


class Reference(SphinxDirective):
    """`module` or `module name name …`: everything public in it, or just these names."""

    required_arguments, optional_arguments, final_argument_whitespace = 1, 1, True

    def run(self):
        room = self.arguments[0]
        module = import_module(f"ipclab.{room}")
        self.env.note_dependency(inspect.getsourcefile(module))
        whole = len(self.arguments) == 1
        names = module.__all__ if whole else self.arguments[1].split()
        target = [f":::{{py:module}} ipclab.{room}", ":::", ":::{py:currentmodule} ipclab", ":::", ""] if whole else []
        lines = [line for name in names for line in self._entry(room, name, getattr(module, name))]
        return parsed(self, [*target, *lines], module.__name__)

    def _entry(self, room: str, name: str, thing: object) -> Iterator[str]:
        shown = name if name in ipclab.__all__ and getattr(ipclab, name) is thing else f"{room}.{name}"
        if inspect.isclass(thing):
            yield from entry("class", shown + constructor(thing), [*self._said(shown, thing), *self._members(shown, thing)], DOTS)
        elif inspect.isfunction(thing):
            yield from entry("function", shown + signature(thing), self._said(shown, thing), DOTS)
        else:
            yield from entry("data", shown, [f"`{thing!r}`" if isinstance(thing, (int, str, tuple)) else ""], DOTS)

    def _members(self, shown: str, kind: type) -> Iterator[str]:
        for name, (type_of, remark) in fields(kind).items():
            yield from entry("attribute", f"{name}\n:type: {type_of}\n:no-index-entry:", [remark], DOTS - 1)
        for name, member in members(kind):
            yield from self._member(f"{shown}.{name}", kind, name, member)

    def _member(self, shown: str, kind: type, name: str, member: object) -> Iterator[str]:
        said = self._said(shown, getattr(kind, name) if not isinstance(member, (property, cached_property)) else member)
        if isinstance(member, (property, cached_property)):
            yield from entry("property", name, said, DOTS - 1)
        else:
            function = getattr(member, "__func__", member)
            kind_of = "classmethod" if isinstance(member, classmethod) else "method"
            yield from entry(kind_of, name + signature(function), said, DOTS - 1)

    def _said(self, shown: str, thing: object) -> list[str]:
        said = inspect.cleandoc(thing.__doc__ or "") if inspect.isclass(thing) else inspect.getdoc(thing)
        if not said:
            log.warning("%s is public and has no docstring", shown, location=self.get_location())
        return (said or "").splitlines()


class Public(SphinxDirective):
    def run(self):
        said = (f"- {{py:obj}}`{name} <ipclab.{name}>`: {first_sentence(getattr(ipclab, name))}" for name in ipclab.__all__)
        return parsed(self, list(said), "ipclab")


def setup(app):
    app.add_directive("reference", Reference)
    app.add_directive("public", Public)
    app.connect("doctree-read", _link_our_names)
    app.connect("missing-reference", _type_of_a_parameter)


def parsed(directive: SphinxDirective, lines: list[str], source: str) -> list[nodes.Node]:
    """The nodes of Markdown text that was made here; the names in it are those of `ipclab`."""
    place = nodes.Element()
    directive.env.ref_context["py:module"] = "ipclab"
    directive.state.nested_parse(StringList(lines, source=source), directive.content_offset, place)
    for tag in list(place.findall(nodes.raw)):              # Markdown lets HTML through; a docstring means the words
        tag.replace_self(nodes.Text(tag.astext()))
    return place.children


def entry(kind: str, head: str, said: list[str], dots: int) -> Iterator[str]:
    colons = ":" * dots
    yield from (f"{colons}{{py:{kind}}} {head}", "", *said, colons, "")


def members(kind: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties of a class, its own first, each once."""
    seen = set()
    for owner in kind.__mro__:
        for name, member in vars(owner).items() if owner is kind or _speaks_for(owner) else ():
            if not name.startswith("_") and name not in seen and _is_told(owner, name, member):
                seen.add(name)
                yield name, member


def _speaks_for(owner: type) -> bool:
    """Is it told with the classes made from it? KernelObject has an entry of its own, said once of all."""
    return owner.__module__.startswith("ipclab.") and owner.__name__ not in ("KernelObject", "Row")


def _is_told(owner: type, name: str, member: object) -> bool:
    """Methods and properties, but for those that do in their own way what the parent's docstring says."""
    if not isinstance(member, (property, cached_property, classmethod, staticmethod)) and not inspect.isfunction(member):
        return False
    return bool(member.__doc__) or not any(hasattr(parent, name) for parent in owner.__mro__[1:])


def constructor(kind: type) -> str:
    """The arguments with which a class is called; nothing of one that is made for its reader, such as plain data."""
    own = vars(kind).get("__init__")
    return signature(own).partition(" ->")[0] if own and inspect.isfunction(own) and not hasattr(kind, "__dataclass_fields__") else ""


def signature(function) -> str:
    """As it stands in the source, so that a default is `0o600` and not 384."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    tree = ast.parse(source).body[0]
    head = " ".join(line.strip() for line in source.splitlines()[tree.lineno - 1:tree.body[0].lineno - 1])
    return re.sub(r"^def \w+\((self|cls)?(, )?", "(", head).removesuffix(":")


def fields(kind: type) -> dict[str, tuple[str, str]]:
    """The fields of a class that its source names: of which type, and the comment behind each."""
    source = textwrap.dedent(inspect.getsource(kind))
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    behind = {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    named = [node for node in ast.parse(source).body[0].body if isinstance(node, ast.AnnAssign)]
    told = {node.target.id: (ast.unparse(node.annotation), behind.get(node.end_lineno, "")) for node in named}
    return {name: told[name] for name in told if not name.startswith("_") and not told[name][0].startswith("ClassVar")}


def first_sentence(thing: object) -> str:
    paragraph = " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=[.:]) (?=[A-Z`])", paragraph)[0].rstrip(":")


def _type_of_a_parameter(app, env, node, contnode):
    """Types of the standard library and such have no entry here; they are text."""
    return contnode if isinstance(node.parent, (addnodes.desc_sig_name, addnodes.desc_annotation, addnodes.desc_returns)) else None


def _link_our_names(app, doctree):
    for name in list(doctree.findall(nodes.literal)):
        before = name.parent[name.parent.index(name) - 1]
        if isinstance(before, nodes.Text) and before.endswith("ipclab "):
            name.replace_self(addnodes.pending_xref(
                "", name.deepcopy(), refdomain="py", reftype="obj", reftarget=f"ipclab.{name.astext()}",
                refdoc=app.env.docname, refexplicit=True))
