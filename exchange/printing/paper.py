"""The form of a printed paper: A4, a head, a foot with page numbers. The same content gives the same bytes."""

import io
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

MARGIN: Final = 20 * mm
_FRAME: Final = 6
"""Points that reportlab keeps inside the margins, and tables do not."""
WIDTH: Final = A4[0] - 2 * MARGIN
"""Points between the margins."""
_INK, _LINE, _SOFT = colors.HexColor("#1a1a1a"), colors.HexColor("#8a8a8a"), colors.HexColor("#f2f2f2")
_BODY: Final = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, textColor=_INK)
STYLES: Final = {
    "title": ParagraphStyle("title", _BODY, fontName="Helvetica-Bold", fontSize=18, leading=23, spaceAfter=4 * mm),
    "heading": ParagraphStyle(
        "heading", _BODY, fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=7 * mm, spaceAfter=2 * mm,
        keepWithNext=1,
    ),
    "small-heading": ParagraphStyle(
        "small-heading", _BODY, fontName="Helvetica-Bold", fontSize=10, spaceBefore=3 * mm, spaceAfter=1 * mm,
        keepWithNext=1,
    ),
    "body": ParagraphStyle("text", _BODY, spaceAfter=2 * mm),
    "cell": ParagraphStyle("cell", _BODY, fontSize=9, leading=12),
    "cell-head": ParagraphStyle("cell-head", _BODY, fontName="Helvetica-Bold", fontSize=9, leading=12),
    "code": ParagraphStyle("code", _BODY, fontName="Courier", fontSize=8, leading=10.5, spaceAfter=2 * mm),
    "warning": ParagraphStyle("warning", _BODY, fontName="Helvetica-Bold", fontSize=10.5, leading=15),
}  # fmt: skip


def text(words: str, style: str = "body") -> Paragraph:
    """Return words as a paragraph; what they hold is text, never markup. A line end stays one."""
    return Paragraph(escape(words).replace("\n", "<br/>"), STYLES[style])


def gap(millimetres: float) -> Spacer:
    """Return empty space."""
    return Spacer(1, millimetres * mm)


def boxed(words: str) -> Table:
    """Return words that must not be overlooked."""
    table = Table([[text(words, "warning")]], colWidths=[WIDTH])
    table.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 1.5, _INK), *_padding(8)]))
    return table


def pairs(rows: Sequence[tuple[str, str]]) -> Table:
    """Return names with what belongs to each."""
    cells = [[text(name, "cell-head"), text(said, "cell")] for name, said in rows]
    table = Table(cells, colWidths=[WIDTH * 0.27, WIDTH * 0.73])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(2), ("LEFTPADDING", (0, 0), (0, -1), 0)]))
    return table


def grid(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Table:
    """Return a table with lines, whose head is repeated on each page; widths are shares of the page's."""
    cells = [[text(one, "cell-head") for one in head], *([text(one, "cell") for one in row] for row in rows)]
    table = Table(cells, colWidths=[WIDTH * share for share in widths], repeatRows=1)
    lines = [("GRID", (0, 0), (-1, -1), 0.5, _LINE), ("BACKGROUND", (0, 0), (-1, 0), _SOFT)]
    table.setStyle(TableStyle([*lines, ("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(3)]))
    return table


def _padding(points: float) -> list[tuple[Any, ...]]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


class _Numbered(Canvas):  # type: ignore[misc] # reportlab ships no types
    """A canvas that writes `page x of y` when it knows y."""

    def __init__(self, *said: Any, **named: Any) -> None:  # noqa: ANN401 -- as reportlab has it
        super().__init__(*said, **named)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 -- as reportlab has it
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont("Helvetica", 8)
            self.setFillColor(_INK)
            self.drawString(MARGIN, 11 * mm, self._doc.info.title)
            self.drawRightString(A4[0] - MARGIN, 11 * mm, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


def pdf(title: str, story: list[Flowable]) -> bytes:
    """Return a PDF. `title` stands in its foot. It holds no time and no name of a machine of its own."""
    made = io.BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=MARGIN - _FRAME,
        rightMargin=MARGIN - _FRAME,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="",
        lang="en-GB",
        invariant=1,
    )
    document.build(story, canvasmaker=_Numbered)
    return made.getvalue()
