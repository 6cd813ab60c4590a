"""A report as one HTML file that needs nothing else: tables, a plot, samples of answers."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.samples import Sample
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.reports.tables import Report, Table, rounded, tables

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
body{color:#1d2329;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.wide{overflow-x:auto}
td{white-space:nowrap}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .7rem;border-bottom:1px solid #d5dbe1;text-align:left;vertical-align:top}
p.note{color:#5b6670;margin:.2rem 0}pre{white-space:pre-wrap;margin:0;font:inherit}
details{border-bottom:1px solid #d5dbe1;padding:.4rem 0}summary{cursor:pointer}
.kind{display:inline-block;min-width:7rem;font-weight:600}.correct,.answered{color:#176b3a}.wrong{color:#a3261c}
dt{color:#5b6670;margin-top:.4rem}dd{margin:0 0 .2rem 1rem}
@media(prefers-color-scheme:dark){body{background:#15191d;color:#e4e8ec}td,th,details{border-color:#39424b}}
"""
_WIDTH, _LEFT, _STEP = 900, 260, 26


def to_html(report: Report, samples: Sequence[Sample] = (), title: str = "Evaluation") -> str:
    """The whole report as a page.

    Args:
        samples: single answers that are shown below the tables.
    """
    shown = "".join(map(_table, tables(report)))
    parts = [_plot(report.summaries), shown, _samples(samples)]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.headings)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in table.notes)
    whole = f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'
    return f"<h2>{escape(table.title)}</h2>{whole}{notes}"


def _plot(summaries: Sequence[TaskModelSummary]) -> str:
    """Scores with their intervals, one line each; of scores beyond 0 to 1 there is no plot."""
    known = [of for of in summaries if of.score is not None and 0 <= of.score <= 1]
    if not known:
        return ""
    height = _STEP * len(known) + 30
    lines = "".join(_mark(of, number) for number, of in enumerate(known))
    axis = "".join(
        f'<line x1="{_x(tick / 4)}" x2="{_x(tick / 4)}" y1="0" y2="{height - 25}" stroke="#8a96a3"/>'
        f'<text x="{_x(tick / 4)}" y="{height - 8}" text-anchor="middle">{tick * 25} %</text>'
        for tick in range(5)
    )
    return (
        f'<h2>Scores with 95 % intervals</h2><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Scores with their intervals" font-size="13" fill="currentColor">{axis}{lines}</svg>'
    )


def _mark(of: TaskModelSummary, number: int) -> str:
    y = _STEP * number + 14
    score = of.score or 0.0
    bar = ""
    if of.interval_low is not None and of.interval_high is not None:
        low, high = max(0.0, of.interval_low), min(1.0, of.interval_high)
        bar = f'<line x1="{_x(low)}" x2="{_x(high)}" y1="{y}" y2="{y}" stroke="#3577b8" stroke-width="3"/>'
    name = escape(printable(f"{of.task} · {of.model}"))
    label = f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{name[:60]}</text>'
    tip = f"<title>{name}: {rounded(of.score)}</title>"
    return f'{label}{bar}<circle cx="{_x(score)}" cy="{y}" r="5" fill="#3577b8">{tip}</circle>'


def _x(share: float) -> float:
    return round(_LEFT + share * (_WIDTH - _LEFT - 40), 1)


def _samples(samples: Sequence[Sample]) -> str:
    if not samples:
        return ""
    return "<h2>Samples</h2>" + "".join(map(_sample, samples))


def _sample(sample: Sample) -> str:
    heading = (
        f'<span class="kind {escape(sample.kind)}">{escape(sample.kind)}</span>'
        f"{escape(printable(f'{sample.model}, row {sample.line_index}'))}"
    )
    return f"<details><summary>{heading}</summary><dl>{_fields(sample.fields)}</dl></details>"


def _fields(fields: Mapping[str, str]) -> str:
    items: Iterable[tuple[str, str]] = fields.items()
    return "".join(
        f"<dt>{escape(name)}</dt><dd><pre>{escape(text)}</pre></dd>" for name, text in items if text
    )
