"""A report as a Word document: heading styles, real tables with header rows, alt text."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from app.services.reporting.layout import Grid, Heading, Item, Paragraph, Picture, Quotation
from app.services.reporting.snapshot import About

INK = RGBColor(0x15, 0x3E, 0x54)
FONT = "Arial"
MARGIN, TEXT_WIDTH = 2.0, 17.0  # cm, on A4
SMALL = 8.5
LANGUAGE = "en-GB"


def write(about: About, items: Sequence[Item], pictures: Mapping[str, bytes]) -> bytes:
    """Return the report as a .docx."""
    doc = Document()
    _prepare(doc, about)
    _title(doc, about)
    for item in items:
        _put(doc, item, pictures)
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def _prepare(doc: Doc, about: About) -> None:
    section = doc.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin = section.bottom_margin = Cm(MARGIN)
    core = doc.core_properties
    core.title, core.author, core.subject = about.title, about.made_by, about.subtitle
    core.language, core.comments = LANGUAGE, ""
    core.keywords = "synthetic" if about.is_synthetic else ""
    _styles(doc)
    _footer(doc, about)


def _styles(doc: Doc) -> None:
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    fonts = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    fonts.append(language)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12)):
        style: Any = doc.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = INK
        own = style.element.get_or_add_rPr().get_or_add_rFonts()
        for part in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            own.attrib.pop(qn(part), None)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(14 if size < 20 else 0)
        style.paragraph_format.space_after = Pt(4)
    caption: Any = doc.styles["Caption"]
    caption.font.name, caption.font.size, caption.font.bold = FONT, Pt(10), True
    caption.font.color.rgb = INK
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(8)
    caption.paragraph_format.space_after = Pt(2)


def _footer(doc: Doc, about: About) -> None:
    words = f"{about.title}, {about.subtitle}. Data as at {about.as_at}."
    if about.is_synthetic:
        words = f"SYNTHETIC DATA. {words}"
    paragraph = doc.sections[0].footer.paragraphs[0]
    doc.styles["Footer"].font.size = Pt(8)  # of the style: a page number has no size of its own
    paragraph.add_run(f"{words} Page ")
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _title(doc: Doc, about: About) -> None:
    doc.add_paragraph(about.title, style="Title")
    lines = (
        about.subtitle,
        f"{about.body}. Survey: {about.survey}.",
        f"Frozen on {about.made_on} by {about.made_by}. Contact: {about.contact}.",
    )
    for line in lines:
        doc.add_paragraph(line).paragraph_format.space_after = Pt(2)


def _put(doc: Doc, item: Item, pictures: Mapping[str, bytes]) -> None:
    match item:
        case Heading(level, words):
            doc.add_heading(words, level - 1)
        case Paragraph(words, style):
            run = doc.add_paragraph().add_run(words)
            run.bold = style == "warning"
            run.font.size = Pt(13) if style == "lead" else None
        case Quotation(words):
            doc.add_paragraph(f"“{words}”", style="Quote")
        case Picture():
            _picture(doc, item, pictures)
        case Grid():
            _grid(doc, item)


def _picture(doc: Doc, item: Picture, pictures: Mapping[str, bytes]) -> None:
    content = pictures.get(item.key)
    if content is None:
        return
    doc.add_picture(io.BytesIO(content), width=Cm(TEXT_WIDTH))
    shape: Any = doc.inline_shapes[-1]
    about = shape._inline.docPr
    about.set("descr", item.alt)
    about.set("title", item.table.title)
    doc.paragraphs[-1].paragraph_format.keep_with_next = True


def _grid(doc: Doc, item: Grid) -> None:
    doc.add_paragraph(item.caption, style="Caption")
    table = doc.add_table(rows=1, cols=len(item.header), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    _describe(table, item.caption)
    _fill(table.rows[0], item.header, is_head=True, numeric=item.numeric)
    _repeat(table.rows[0])
    for line in item.rows:
        row = table.add_row()
        _fill(row, line, is_head=False, numeric=item.numeric)
    _widths(table, item)
    if item.note:
        note = doc.add_paragraph()
        note.paragraph_format.space_before = Pt(4)
        note.add_run(item.note).font.size = Pt(SMALL)
    else:
        doc.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(row: Any, cells: Sequence[str], *, is_head: bool, numeric: Sequence[bool]) -> None:
    _whole(row)
    for cell, words, is_figure in zip(row.cells, cells, numeric, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = Pt(2)  # or letters touch the line above
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(words)
        run.font.size, run.bold = Pt(SMALL), is_head
        if is_figure:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if is_head:
            _shade(cell)
            paragraph.paragraph_format.keep_with_next = True


def _widths(table: Any, item: Grid) -> None:
    """Set the widths on columns and cells: some programs read the one, some the other."""
    for column, share in zip(table.columns, item.widths, strict=True):
        column.width = Cm(TEXT_WIDTH * share)
    for row in table.rows:
        for cell, share in zip(row.cells, item.widths, strict=True):
            cell.width = Cm(TEXT_WIDTH * share)


def _describe(table: Any, words: str) -> None:
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), words)
    table._tbl.tblPr.append(caption)


def _repeat(row: Any) -> None:
    """Repeat the header row on every page, which also marks it as one for screen readers."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E3ECF0")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
