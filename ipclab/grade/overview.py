"""The instructor's page: how the marks fell, which checks most fail and why, what took long, and everybody's page.

Pictures are matplotlib's SVG in the page's own colours, so that they follow light and dark, each with words that say
what it shows.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from html import escape
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from .pages import STYLE

if TYPE_CHECKING:
    from .run import Result, Run

__all__ = ["page"]

TEXT, BAR = "#010203", "#040506"     # stand for the page's colours in what matplotlib draws
INCH = 4.8                           # width of a picture: as wide as a telephone is, nearly, so that its words stay large

STYLE_HERE = """
main { max-width: 60rem; } h2 { margin-top: 2rem; } figure { margin: 0; } figcaption { color: var(--faint); }
:root { --bar: #2f6fb5; } @media (prefers-color-scheme: dark) { :root { --bar: #7fb4ec; } }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem; }
svg { width: 100%; height: auto; max-width: 30rem; } svg text { font-family: system-ui, sans-serif !important; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
table { overflow-wrap: normal; } th, td { text-align: start; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--soft); vertical-align: top; }
td.n, th.n { text-align: end; } a { color: inherit; }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}: overview</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="total">{summary}</p>
{warning}
<div class="pictures">{pictures}</div>
<h2>The checks</h2>
{checks}
<h2>The submissions</h2>
{submissions}
</main>
</body>
</html>
"""


def page(run: Run) -> str:
    """The whole page, self-contained."""
    totals = [result.total for result in run.results]
    summary = (f"{len(totals)} submissions: mean {mean(totals):.1f}, median {median(totals):g} "
               f"of {run.lab.points} points")
    warning = "" if run.box.safe else '<p class="note">Graded without a box: the marks deserve less trust than usual.</p>'
    return PAGE.format(title=escape(run.lab.title), style=STYLE + STYLE_HERE, summary=summary, warning=warning,
                       pictures="".join(_pictures(run)), checks=_checks(run), submissions=_submissions(run))


def _pictures(run: Run) -> list[str]:
    tasks = [check.task for check in run.lab.graded]
    judged = [result for result in run.results if not result.submission.problem]
    failed = {task: sum(not check.verdict.right for check in column) for task, column in _columns(judged, tasks)}
    seconds = {task: [check.seconds for check in column] for task, column in _columns(judged, tasks)}
    return [_marks([result.total for result in run.results], run.lab.points), _most_failed(failed, len(judged)),
            _time(seconds)]


def _columns(results: list[Result], tasks: list[str]) -> list[tuple[str, list[Any]]]:
    return [(task, [result.checks[n] for result in results]) for n, task in enumerate(tasks)]


def _marks(totals: list[float], most: int) -> str:
    counted = Counter(round(total) for total in totals)
    figure, axes = _figure(2.6)
    axes.bar(range(most + 1), [counted[points] for points in range(most + 1)], color=BAR)
    axes.set_xlabel("points")
    axes.set_ylabel("submissions")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    said = ", ".join(f"{points} points: {number}" for points, number in sorted(counted.items()))
    return _picture(figure, "How many submissions got how many points", said)


def _most_failed(failed: dict[str, int], of: int) -> str:
    tasks = sorted(failed, key=failed.get)
    figure, axes = _figure(0.9 + 0.3 * len(tasks))
    bars = axes.barh(tasks, [failed[task] for task in tasks], color=BAR)
    axes.bar_label(bars, padding=3, color=TEXT)
    axes.set_xlim(0, max(of, 1) * 1.08)
    axes.set_xlabel(f"submissions, of {of}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _picture(figure, "How many failed each check", ", ".join(f"{task}: {failed[task]}" for task in tasks[::-1]))


def _time(seconds: dict[str, list[float]]) -> str:
    tasks = list(seconds)[::-1]
    figure, axes = _figure(0.9 + 0.3 * len(tasks))
    middle = {task: median(seconds[task] or [0]) for task in tasks}
    longest = {task: max(seconds[task] or [0]) for task in tasks}
    axes.barh(tasks, [middle[task] for task in tasks], color=BAR)
    axes.plot([longest[task] for task in tasks], tasks, "|", color=TEXT, markersize=12)
    axes.set_xlim(0)
    axes.set_xlabel("seconds (bar: median, stroke: longest)")
    said = ", ".join(f"{task}: median {middle[task]:.1f} s, longest {longest[task]:.1f} s" for task in tasks[::-1])
    return _picture(figure, "How long each check took", said)


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure             # half a second, which only those pay who write this page
    figure = Figure(figsize=(INCH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=TEXT, labelcolor=TEXT)
    for part in (*axes.spines.values(), axes.xaxis.label, axes.yaxis.label):
        part.set_color(TEXT)
    return figure, axes


def _picture(figure: Any, title: str, said: str) -> str:
    from matplotlib import rc_context
    text = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "svg.id": None}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg"):], flags=re.DOTALL)
    svg = svg.replace(TEXT, "currentColor").replace(BAR, "var(--bar)")
    svg = re.sub(r'( id="|href="#|url\(#)', rf"\1{title.split()[-1]}-", svg)         # an id may be on a page but once
    words = escape(f"{title}. {said}", quote=True)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
    return f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"


def _checks(run: Run) -> str:
    rows = []
    judged = [result for result in run.results if not result.submission.problem]
    for task, column in _columns(judged, [check.task for check in run.lab.graded]):
        wrong = Counter(check.verdict.kind for check in column if not check.verdict.right)
        why = ", ".join(f"{kind} ({number})" for kind, number in wrong.most_common(4))
        rows.append([(escape(task), ""), (str(len(column) - wrong.total()), "n"), (str(wrong.total()), "n"),
                     (escape(why), "")])
    return _table("checks", [("check", ""), ("passed", "n"), ("failed", "n"), ("why", "")], rows)


def _submissions(run: Run) -> str:
    rows = []
    for result in run.results:
        link = f'<a href="feedback/{escape(result.submission.slug)}.html">{escape(result.submission.student)}</a>'
        note = " ".join(filter(None, [result.submission.problem, result.late.sentence if result.late else ""]))
        rows.append([(link, ""), *((str(check.points), "n") for check in result.checks), (f"{result.total:g}", "n"),
                     (escape(note), "")])
    tasks = [(escape(check.task), "n") for check in run.lab.graded]
    return _table("submissions", [("student", ""), *tasks, ("total", "n"), ("note", "")], rows)


def _table(label: str, head: list[tuple[str, str]], rows: list[list[tuple[str, str]]]) -> str:
    first = "".join(f'<th scope="col" class="{kind}">{text}</th>' for text, kind in head)
    rest = "".join("<tr>" + "".join(f'<td class="{kind}">{text}</td>' for text, kind in row) + "</tr>\n" for row in rows)
    return f'<div class="wide" tabindex="0" role="region" aria-label="{label}"><table><tr>{first}</tr>\n{rest}</table></div>'
