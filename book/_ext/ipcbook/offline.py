"""Pages that ask nobody for anything, weigh little, and are valid HTML."""

import re
from pathlib import Path


def setup(app):
    app.connect("builder-inited", _share_handlers, priority=900)
    app.connect("html-page-context", _trim, priority=900)
    app.connect("build-finished", _weed, priority=900)


def _share_handlers(app):
    """sphinx-exercise names its handlers for "singlehtml", which there hides everyone else's handlers for "html"."""
    handlers = app.registry.translation_handlers
    if "singlehtml" in handlers:
        handlers["singlehtml"] = {**handlers.get("html", {}), **handlers["singlehtml"]}


def _trim(app, pagename, templatename, context, doctree):
    has_math = 'class="math' in context.get("body", "")
    context["script_files"] = [s for s in context.get("script_files", []) if _wanted(s, has_math)]
    context["css_files"] = [s for s in context.get("css_files", []) if "sphinx-thebe" not in _name(s)]
    if "body" in context:
        # sphinx-exercise gives every exercise this same id
        body = re.sub(r' id="(exercise|solution)-content"', "", context["body"])
        context["body"] = re.sub(r'<script type="text/x-thebe-config">.*?</script>|<script>kernelName = .*?</script>', "", body, flags=re.S)


def _wanted(script, has_math: bool) -> bool:
    """Not Thebe, which loads its code from elsewhere (and fails); MathJax only where there is mathematics."""
    inline = (getattr(script, "attributes", None) or {}).get("body") or ""
    name = _name(script)
    return "THEBE_JS_URL" not in inline and "sphinx-thebe" not in name and (has_math or "mathjax" not in name.lower())


def _name(file) -> str:
    return str(getattr(file, "filename", file) or "")


def _weed(app, exception):
    """Take out what the theme ships and no page loads: source maps, and Font Awesome's script."""
    static = Path(app.outdir, "_static")
    for file in [*static.rglob("*.js.map"), *static.rglob("*.css.map"), *static.rglob("fontawesome.js")]:
        file.unlink()
