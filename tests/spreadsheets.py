"""Spreadsheets written by hand: exactly the cells, styles and parts that a test wants."""

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAY_ZERO = date(1899, 12, 30).toordinal()
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)


class Raw(str):
    """A cell's XML behind its reference: attributes, ``>`` and content."""

    __slots__ = ()


def letters(position: int) -> str:
    """Return a column's name: A for 0."""
    name = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        name = chr(65 + digit) + name
    return name


def _cell(value: object) -> str:
    match value:
        case Raw():
            return str(value)
        case bool():
            return f' t="b"><v>{int(value)}</v>'
        case int() | float():
            return f"><v>{value!r}</v>"
        case datetime():
            seconds = (
                value.hour * 3_600 + value.minute * 60 + value.second + value.microsecond / 1e6
            )
            return f' s="2"><v>{value.toordinal() - DAY_ZERO + seconds / 86_400!r}</v>'
        case date():
            return f' s="1"><v>{value.toordinal() - DAY_ZERO}</v>'
        case _:
            return f' t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is>'


def sheet_xml(rows: Sequence[Sequence[object]], *, first_row: int = 1, more: str = "") -> str:
    """Return a worksheet; None leaves a cell out, *more* follows the rows."""
    lines = []
    for number, row in enumerate(rows, start=first_row):
        cells = "".join(
            f'<c r="{letters(position)}{number}"{_cell(value)}</c>'
            for position, value in enumerate(row)
            if value is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    data = f"<sheetData>{''.join(lines)}</sheetData>"
    return f'<worksheet xmlns="{MAIN}">{data}{more}</worksheet>'


def write_xlsx(
    path: Path, sheets: Mapping[str, str], *, parts: Mapping[str, str] | None = None
) -> Path:
    """
    Write a workbook.

    Args:
        sheets: The XML of each worksheet, by its name.
        parts: More members of the archive, or others in the place of the usual.
    """
    numbered = list(enumerate(sheets.items(), start=1))
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for number, _ in numbered
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, (name, _) in numbered
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
            for number, _ in numbered
        )
        + f'<Relationship Id="rId{len(numbered) + 1}" Type="{RELATIONS}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{number}.xml": xml for number, (_, xml) in numbered},
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
