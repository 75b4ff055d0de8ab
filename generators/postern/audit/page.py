"""The report as one page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postern.audit.report import percent
from postern.clean import clean
from postern.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postern.audit.report import Report, Row, Shown


def page(report: Report, top: int, shapes: Sequence[Shown]) -> str:
    """HTML: counts with bars, the most frequent messages and shapes, problems; no scripts, nothing from outside."""
    total = report.total()
    messages = report.frequent(top)
    return render(
        "postern.audit",
        "audit.html.j2",
        total=f"{total.lines:,}",
        files=f"{report.files:,}",
        read=percent(total.parsed, total.lines),
        rows=[_row(row) for row in (*report.rows(), total)],
        messages=[(f"{count:,}", percent(count, total.lines), one.key, one.title) for one, count in messages],
        most=max((count for _, count in messages), default=1),
        shapes=[_shape(one, total.lines) for one in shapes],
        unclustered=f"{report.shapes.unclustered:,}" if report.shapes.unclustered else "",
        problems=[(clean(one.path, 1000), clean(one.problem, 1000)) for one in report.problems],
    )


def _row(row: Row) -> dict[str, object]:
    counts = (("parsed", row.parsed), ("header only", row.header_only), ("unknown", row.unknown))
    return {
        "title": row.title,
        "lines": f"{row.lines:,}",
        "counts": [
            (name, name.split()[0], f"{count:,}", percent(count, row.lines) if count else "", _width(count, row.lines))
            for name, count in counts
        ],
    }


def _width(count: int, lines: int) -> str:
    return f"{100 * count / lines:.3f}" if lines else "0"


def _shape(one: Shown, lines: int) -> dict[str, str]:
    return {
        "count": f"{one.shape.count:,} line{'' if one.shape.count == 1 else 's'}",
        "share": percent(one.shape.count, lines),
        "known": one.known(),
        "template": one.template,
        "example": one.example,
        "draft": one.draft,
        "no_draft": one.no_draft,
    }
