"""Verdicts as HTML: a student's page of feedback, and what a check shows in a notebook. Everything is escaped."""

from __future__ import annotations

from html import escape

from . import leaks
from .pictures import picture, script_hash
from .verdict import Verdict

__all__ = ["in_notebook", "page", "section"]


def section(verdict: Verdict, earned: int, most: int, source: str | None) -> str:
    """One check on a page of feedback, with the student's own cell where it helps."""
    mark = "✓" if verdict.right else "✗"
    return (f'<section class="{"right" if verdict.right else "wrong"}"><h2><span aria-hidden="true">{mark}</span> '
            f'{escape(verdict.task)} <small>{earned} of {most}</small></h2>{_told(verdict, source)}</section>')


def in_notebook(verdict: Verdict, source: str | None, more: str = "") -> str:
    """One check in a notebook; `more` is a sentence of the notebook's own."""
    side, mark = ("right", "✓") if verdict.right else ("wrong", "✗")
    aside = f"<p>{escape(more)}</p>" if more else ""
    if not verdict.right:
        aside += f"<p><small>{_marked_up(AGAIN.format(task=verdict.task))}</small></p>"
    return (f'<style>{NOTEBOOK_STYLE}</style><div class="ipclab-verdict {side}" role="status">'
            f'<p><b>{mark} {escape(verdict.task)}</b></p>{_told(verdict, source)}{aside}</div>')


def _told(verdict: Verdict, source: str | None) -> str:
    parts = [f"<p>{_marked_up(verdict.sentence)}</p>"]
    if verdict.wrong:
        parts.append(f"<p>It went wrong at {verdict.wrong} of {verdict.instants} instants.</p>")
    if verdict.left:
        parts.append(f"<p>{escape(leaks.sentence(verdict.left))}</p>")
    if verdict.note:
        parts.append(f"<p>{escape(verdict.note)}</p>")
    if (run := picture(verdict, source)) is not None:
        parts.append(run.html)
    if not verdict.right and source and not (run and run.code):
        parts.append(_listing(source, verdict.line))
    if verdict.section and not verdict.right:
        parts.append(f"<p>Read again: “{escape(verdict.section)}”.</p>")
    return "".join(parts)


def _marked_up(sentence: str) -> str:
    """Escaped, with `code` between backquotes."""
    pieces = escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if i % 2 and i < len(pieces) - 1 else piece
                   for i, piece in enumerate(pieces))


def _listing(source: str, line: int, most: int = 200) -> str:
    """A student's own cell, from its first written line on, with the line in question marked."""
    lines = list(enumerate(source.rstrip("\n").split("\n")[:most], start=1))
    while lines and not lines[0][1].strip():
        lines.pop(0)
    shown = "".join(f'<span class="{"line here" if n == line else "line"}"{HERE if n == line else ""}><i>{n}</i>'
                    f'{escape(text) or " "}</span>' for n, text in lines)
    return f'<pre tabindex="0" aria-label="Your cell">{shown}</pre>'


AGAIN = "To begin this task again, write `%%reset {task}` in place of `%%task {task}` and run the cell."
HERE = ' aria-current="true"'

LISTING_STYLE = """
.line { display: block; width: max-content; min-width: 100%; padding-inline-end: 1rem; box-sizing: border-box; }
.line i { display: inline-block; width: 2.6em; text-align: end; margin-inline-end: 1em; opacity: .75;
          font-style: normal; user-select: none; }
.here i::before { content: "▶ "; }
"""

NOTEBOOK_STYLE = "".join(f".ipclab-verdict {rule}" if rule.startswith(".") else rule
                         for rule in LISTING_STYLE.splitlines(keepends=True)) + """
.ipclab-verdict { border-inline-start: 4px solid #c6283b; padding: .1rem 0 .1rem 1rem; }
.ipclab-verdict > p, .ipclab-verdict > pre { max-width: 46rem; }
.ipclab-verdict.right { border-color: #1a7f37; }
.ipclab-verdict pre { overflow-x: auto; padding: .5rem 0; }
.ipclab-verdict .here { background: rgba(255, 190, 0, .35); }
"""

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #1c1c22; --soft: #f2f2f5; --good: #116329; --bad: #a40e26;
        --here: #ffe9a8; --faint: #5a5a66; }
@media (prefers-color-scheme: dark) { :root { --ground: #16161a; --text: #ececf1; --soft: #232329; --good: #6fdd8b;
        --bad: #ff9aa2; --here: #5c4a00; --faint: #a9a9b6; } }
body { background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
p, section > pre { max-width: 46rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0; } small { font-weight: normal; color: var(--faint); }
section { border-inline-start: 4px solid var(--bad); padding: .3rem 0 .3rem 1rem; margin: 1.2rem 0; }
section.right { border-color: var(--good); }
.wrong h2 span { color: var(--bad); } .right h2 span { color: var(--good); }
.total { font-size: 1.2rem; } .note { background: var(--soft); padding: .6rem .8rem; border-radius: .3rem; }
pre { background: var(--soft); overflow-x: auto; padding: .6rem 0; border-radius: .3rem; font-size: .85rem; }
.here { background: var(--here); }
""" + LISTING_STYLE

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src {script}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{lab}</h1>
<p>{student}</p>
<p class="total"><strong>{total} of {most} points</strong></p>
{notes}
{checks}
</main>
</body>
</html>
"""


def page(title: str, student: str, total: int, most: int, notes: list[str], sections: list[str]) -> str:
    """A whole page: self-contained, and nothing in it that the student may not see."""
    return PAGE.format(title=escape(f"{title}: {student}"), lab=escape(title), student=escape(student), total=total,
                       most=most, style=STYLE, script=script_hash(), checks="\n".join(sections),
                       notes="".join(f'<p class="note">{escape(note)}</p>' for note in notes if note))
