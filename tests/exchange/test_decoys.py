"""A file shows the part that it names as its content: where another could be read, it is refused."""

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
import xlsxwriter

from reformtrack.domain.errors import SheetFileError
from tests.exchange.reading import read_sheets

pytestmark = pytest.mark.slow

BOOK, DOCUMENT, LINKS = "xl/workbook.xml", "word/document.xml", "_rels/.rels"


def parts_of(path: Path) -> Mapping[str, bytes]:
    """The parts of a workbook, or of a document of Word, with one table."""
    if path.suffix == ".docx":
        document = docx.Document()
        document.add_table(1, 1).cell(0, 0).text = "STT"
        document.save(str(path))
    else:
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet().write(0, 0, "STT")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def saved(path: Path, parts: Mapping[str, bytes], *more: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in (*parts.items(), *more):
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(("name", "main"), [("a.xlsx", BOOK), ("a.docx", DOCUMENT)])
@pytest.mark.parametrize("way", ["another", "two", "none"])
def test_a_file_that_names_another_part_as_its_content_is_refused(
    way: str, name: str, main: str, tmp_path: Path
) -> None:
    """Its programs show that one."""
    parts = dict(parts_of(tmp_path / name))
    other = main.replace(".xml", "2.xml")
    links = parts[LINKS].decode()
    link = f'<Relationship Id="rId99" Type="urn:x/officeDocument" Target="{other}"/></Relationships>'
    changed = {
        "another": links.replace(main, other),
        "two": links.replace("</Relationships>", link),
        "none": links.replace(main, "docProps/app.xml"),
    }
    parts |= {LINKS: changed[way].encode(), other: parts[main]}
    with pytest.raises(
        SheetFileError, match="it is not certain which of its parts is shown; accepted: the same, opened"
    ):
        read_sheets(saved(tmp_path / name, parts))


IGNORED = (
    '<extLst><ext uri="{{1}}">{}</ext></extLst>',
    '<x:x xmlns:x="urn:x">{}</x:x>',
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="x" xmlns:x="urn:x">{}</mc:Choice></mc:AlternateContent>',
)
"""Where a program that shows a file reads nothing."""
READ = [
    (BOOK, "</workbook>", '<workbookPr date1904="1"/>'),
    (BOOK, "</workbook>", '<sheets><sheet name="Mồi" sheetId="9" r:id="rId1"/></sheets>'),
    ("xl/styles.xml", "</styleSheet>", '<numFmts><numFmt numFmtId="14" formatCode="0"/></numFmts>'),
    ("xl/styles.xml", "</styleSheet>", '<cellXfs><xf numFmtId="0"/></cellXfs>'),
    ("xl/styles.xml", "</styleSheet>", "<fonts><font/></fonts>"),
    ("xl/sharedStrings.xml", "</sst>", "<si><t>Mồi</t></si>"),
    ("xl/sharedStrings.xml", "</si>", "<t>Mồi</t>"),
    ("xl/sharedStrings.xml", "</si>", "<r><t>Mồi</t></r>"),
    ("xl/worksheets/sheet1.xml", "</row>", '<c r="A1"><v>99</v></c>'),
]


@pytest.mark.parametrize("ignored", IGNORED)
@pytest.mark.parametrize(("part", "end", "decoy"), READ)
def test_what_a_program_leaves_out_and_the_library_reads_is_refused(
    part: str, end: str, decoy: str, ignored: str, tmp_path: Path
) -> None:
    """Days, formats, sheets and texts would be others than those that are shown."""
    parts = dict(parts_of(tmp_path / "a.xlsx"))
    before = parts[part].decode()
    assert end in before
    parts[part] = before.replace(end, ignored.format(decoy) + end, 1).encode()
    with pytest.raises(SheetFileError, match=r"it is not certain which .*; accepted: the same, opened in Excel"):
        read_sheets(saved(tmp_path / "a.xlsx", parts))


@pytest.mark.parametrize("more", ["content.xml", "other"])
@pytest.mark.parametrize(("name", "other"), [("a.xlsx", DOCUMENT), ("a.docx", BOOK)])
def test_a_file_of_two_forms_is_refused(name: str, other: str, more: str, tmp_path: Path) -> None:
    parts = parts_of(tmp_path / name)
    with pytest.raises(SheetFileError, match="it is not certain which of its parts is shown"):
        read_sheets(saved(tmp_path / name, parts, (more if more != "other" else other, b"<x/>")))


@pytest.mark.parametrize("way", [str, str.upper, lambda name: name.replace("/", "\\"), lambda name: f"/{name}"])
@pytest.mark.parametrize(("name", "main"), [("a.xlsx", BOOK), ("a.docx", DOCUMENT)])
def test_a_file_with_two_parts_of_one_name_is_refused(name: str, main: str, way: type[str], tmp_path: Path) -> None:
    """In whatever case, and however its folders are parted."""
    parts = parts_of(tmp_path / name)
    with pytest.raises(SheetFileError, match=rf"it has two parts of the name .*{main.split('/')[1]}"):
        read_sheets(saved(tmp_path / name, parts, (way(main), parts[main])))


@pytest.mark.parametrize(
    ("part", "message"),
    [("xl\\VBAProject.bin", "it has macros"), ("XL/ExternalLinks/externalLink1.xml", "it has links to other files")],
)
def test_parts_are_known_in_whatever_case(part: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pytest.raises(SheetFileError, match=message):
        read_sheets(saved(path, parts_of(path), (part, b"<x/>")))
