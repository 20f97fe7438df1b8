"""
No face has a text outside the catalogue.

Each text that the catalogue says stands here in ‹ ›, without what fills its places; each text of the plan in « », and its ids
are digits. What is left on a face is numbers, days and signs.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import icalendar
import lxml.etree
import lxml.html
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from reformtrack import Deadline, Document, Domain, Period, Tracker
from reformtrack.cli import main
from reformtrack.events import (
    ActivityCarriedOver,
    ActivityCompleted,
    ActivityReassigned,
    ActivityRescheduled,
    ActivityScheduled,
    ActivityStarted,
    ActivitySuspended,
    ActivityWithdrawn,
    AgencyMerged,
    AgencyRegistered,
    EvidenceFiled,
    FigurePublished,
    IndicatorDefined,
    OccurrenceCompleted,
    PlanAdopted,
    PlanAmended,
    ProgressReported,
    ReadingTaken,
    RecordRetracted,
    RoleGranted,
)
from reformtrack.exchange.agency_workbook import Returned, agency_workbook, answer_agency_workbook
from reformtrack.exchange.calendar import icalendar as calendar
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.document import Letterhead
from reformtrack.exchange.report.forms import rendered
from reformtrack.language import Language
from reformtrack.values import Bound, Check, DeadlineKind, IndicatorKind, Relation, Role
from reformtrack.web import create_app
from tests.support import Clock, day
from tests.web.asking import ask

SAID = re.compile(
    r"‹[^‹›]*›|«[^«»]*»|^[IVX]+\. |“x?”|\breformtrack\b|Tiếng Việt|English|\d\.(?:part|whole)\b|ngày \d\d tháng \d+ năm \d{4}"
)
"""Texts of the catalogue and of the plan, what was typed, names, terms of checks; of a document, its day and its numerals."""
CODES = re.compile(
    r"\b(?:[0-9a-f]{16,}|v\d|\d{4}-\d\d-\d\dT[\d:.Z+]+|(?:https?|sqlite)://\S+|\S*\.(?:db|xlsx|docx|html))\b"
)
TO_TYPE = re.compile(r"known_at$|--known-at$|(?:\(on\))?subject, on$|: jurisdiction, plan, domain, lead, group$")
"""Names that are typed as they are: of what an address asks, of options, fields and groups."""
LEAD, OTHER = "«Sở Nội vụ»", "«Sở Tư pháp»"


class Marked(NullTranslations):
    """A catalogue that marks what it says."""

    def gettext(self, message: str) -> str:
        return "".join(
            part if re.fullmatch(r"\{\w+\}", part) else f"‹{part}›" for part in re.split(r"(\{\w+\})", message) if part
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


def forget() -> None:
    """What is kept of the texts of a language."""
    for name, module in tuple(sys.modules.items()):
        for kept in vars(module).values() if name.startswith("reformtrack.") else ():
            if hasattr(kept, "cache_clear") and hasattr(kept, "__wrapped__"):
                kept.cache_clear()


@pytest.fixture(scope="module")
def marked() -> Iterator[None]:
    """The catalogue that marks, in the place of the Vietnamese one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reformtrack.language._translations", lambda lang: Marked())
        patch.setenv("COLUMNS", "2000")
        forget()
        yield
    forget()


PERIOD = Period(code="2023-1", title="«nửa đầu»", first=date(2023, 1, 1), last=date(2023, 6, 30), source="«nguồn»")


def deadline(*days: date) -> Deadline:
    kind = {0: DeadlineKind.REGULAR, 1: DeadlineKind.DAY}.get(len(days), DeadlineKind.DAYS)
    return Deadline("«hạn»", kind, days)


def paper(number: int) -> Document:
    return Document(type="«QĐ»", number=f"«{number}»", date=day("1-2"), title="«về việc»", issuer="«UBND»")


def fill(tracker: Tracker) -> None:
    """A plan of which each thing is shown somewhere: of every status, late, silent, undecided, published, corrected."""
    tracker.record(
        AgencyRegistered("@1", on=day("1-2"), name=LEAD, aliases=("«SNV»",)),
        AgencyRegistered("@2", on=day("1-2"), name=OTHER),
        RoleGranted("@1", on=day("1-2"), actor="9", role=Role.MONITOR),
        PlanAdopted(
            "1",
            on=day("1-2"),
            title="«Kế hoạch»",
            year=2023,
            jurisdiction="«Tỉnh»",
            domains=(Domain("1", "«Thể chế»"), Domain("2", "«Tổ chức»")),
            document=paper(1),
            host_fields={"«khoá»": "«trị»"},
        ),
        by="9",
    )
    due = {"1": ("3-1",), "2": ("6-30",), "3": (), "4": ("3-20", "6-20"), "5": ("7-5",), "6": ("6-1",), "7": ("6-1",)}
    for code, days in due.items():
        tracker.record(
            ActivityScheduled(
                f"1/{code}",
                on=day("1-2"),
                domain="12"[int(code) % 2],
                title=f"«việc {code}»",
                lead=(LEAD, OTHER)[int(code) % 2],
                deadline=deadline(*map(day, days)),
                output="«sản phẩm»",
                supporting=(OTHER,),
                budget=5,
                weight=2,
            ),
            by="9",
        )
    tracker.record(
        ActivityStarted("1/1", on=day("2-1"), note="«ghi»"),
        ProgressReported("1/1", on=day("2-2"), percent=Decimal(40), obstacles="«khó»", next_step="«tiếp»"),
        ProgressReported("1/3", on=day("2-2"), part=1, whole=3, unit="«vụ»"),
        ActivityCompleted("1/2", on=day("6-1")),
        OccurrenceCompleted("1/4", on=day("3-19"), occurrence=day("3-20"), evidence=(paper(3),)),
        ActivitySuspended("1/5", on=day("3-1"), reason="«chờ»"),
        ActivityWithdrawn("1/6", on=day("3-1"), reason="«thôi»", document=paper(4)),
        ActivityCarriedOver("1/7", on=day("3-1"), into="2", reason="«sang»"),
        PlanAmended("1", on=day("3-2"), document=paper(5)),
        ActivityRescheduled("1/1", on=day("3-5"), deadline=deadline(day("4-1")), document=paper(6)),
        ActivityReassigned("1/3", on=day("3-5"), lead=LEAD),
        IndicatorDefined(
            "1#1", on=day("1-3"), title="«hồ sơ»", kind=IndicatorKind.RATIO, unit="«vụ»", target=Decimal(5)
        ),
        IndicatorDefined("1#3", on=day("1-3"), title="«hài lòng»", kind=IndicatorKind.BOUND, unit="%"),
        IndicatorDefined(
            "1#2",
            on=day("1-3"),
            title="«đơn»",
            kind=IndicatorKind.COUNT,
            unit="«đơn»",
            checks=(
                Check(left=("1.part",), relation=Relation.EQUAL, right=("2",)),
                Check(left=("3",), relation=Relation.AT_MOST, right=("2",)),
            ),
        ),
        ReadingTaken(
            "1#1", on=day("6-1"), as_of=day("6-1"), part=1, whole=7, reported_percent=Decimal("14.28"), source=paper(7)
        ),
        ReadingTaken("1#2", on=day("6-1"), as_of=day("6-1"), value=Decimal(3), reported_text="«ba đơn»"),
        ReadingTaken("1#3", on=day("6-2"), as_of=day("6-2"), value=Decimal(98), bound=Bound.ABOVE),
        by="9",
    )
    tracker.reports.issue("1", PERIOD, by="9", on=day("7-1"), document=paper(8))
    tracker.record(
        FigurePublished(
            "1@2023-1", on=day("7-2"), period=PERIOD, reported_text="«ba»", part=3, whole=5, source=paper(9)
        ),
        ActivityCompleted("1/3", on=day("6-2")),
        EvidenceFiled("1/3", on=day("7-3"), evidence=(paper(10),)),
        RecordRetracted("1/1", version=2, reason="«nhầm»"),
        ReadingTaken("1#2", on=day("6-3"), as_of=day("6-3"), value=Decimal(4)),
        by="8",
    )
    tracker.reports.correct("1@2023-1", by="9", on=day("7-10"), reason="«sửa»", document=paper(11))
    tracker.record(AgencyMerged("@2", on=day("8-1"), into="@1"), by="9")


@pytest.fixture(scope="module")
def store(marked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Tracker]]:
    path = tmp_path_factory.mktemp("store") / "1.db"
    with Tracker(path, clock=Clock(datetime(2023, 12, 31, 10, tzinfo=UTC))) as tracker:
        fill(tracker)
        yield path, tracker


def left(text: str) -> list[str]:
    """The lines of a text with letters of which nobody knows where they are from."""
    rest = (TO_TYPE.sub("", CODES.sub("", SAID.sub("", line))) for line in text.splitlines())
    return [line for line in rest if any(map(str.isalpha, line))]


PAGES = (
    "/",
    "/plans",
    "/plans/1",
    "/plans/1/activities",
    "/plans/1/activities?rule=fallen_due&counted=no_date",
    "/plans/1/activities?list=overdue",
    *(f"/plans/1/activities/{n}" for n in range(1, 8)),
    "/plans/1/indicators",
    "/plans/1/reports",
    "/plans/1/reports/2023-1",
    "/agencies",
    "/agencies/1",
    "/agencies/2",
    "/news?after=3",
    "/plans/1?on=2024-02-01",
    "/plans/1?on=2023-06-01&known_at=9",
    "/plans/1?on=2022-06-01",
    "/plans/1?known_at=1",
    "/plans/99",
    "/plans/1/activities/99",
    "/nothing",
    "/plans/1?on=99",
    "/plans/1?known_at=x",
    "/plans/1?rule=x",
)


def texts_of(page: str) -> str:
    """What is read of a page."""
    root = lxml.html.fromstring(page)
    for hidden in root.xpath("//script | //style"):
        hidden.getparent().remove(hidden)
    said = root.xpath("//@title | //@aria-label | //@alt | //@placeholder | //*[local-name()='desc']/text()")
    return "\n".join(" ".join(str(text).splitlines()) for text in (*root.itertext(), *said))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_other_text(store: tuple[Path, Tracker], path: str) -> None:
    page = ask(create_app(store[1]), path, {"Accept": "text/html"}).text
    assert "‹" in page
    assert [] == left(texts_of(page))


COMMANDS = (
    ("plan", "1"),
    ("plan", "1", "--on", "2023-06-30", "--known-at", "9"),
    ("overdue", "1"),
    ("overdue", "1", "--on", "2023-06-30"),
    ("due", "1", "--on", "2023-06-15"),
    ("history", "1"),
    *(("history", f"1/{n}") for n in range(1, 8)),
    ("history", "1@2023-1"),
    ("history", "1#2"),
    ("history", "@1"),
    ("rollup",),
    ("across", "overdue"),
    ("trend",),
    ("rollup", "--by", "domain,status"),
    ("report", "1"),
    ("report", "1", "2023-1"),
    ("agencies",),
    ("check",),
    ("catch-up",),
    ("rebuild",),
    ("record", "--by", "9", "ActivityStarted", "1/5"),
    ("plan", "2"),
    ("plan", "1", "--known-at", "x"),
    ("report", "1", "2023-9"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_terminal_says_no_other_text(store: tuple[Path, Tracker], words: tuple[str, ...]) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        main(["--store", str(store[0]), *words])
    assert "‹" in out.getvalue()
    assert [] == left(out.getvalue())


def of_word(content: bytes) -> str:
    """The paragraphs of a Word document, and what stands for its images."""
    found = []
    with ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                root = lxml.etree.fromstring(file.read(name))
                found += ["".join(one.xpath(".//*[local-name()='t']/text()")) for one in root.iter("{*}p")]
                found += root.xpath("//@descr")
    return "\n".join(map(str, found))


def of_sheets(content: bytes) -> str:
    """The names, cells, comments and prompts of the sheets of a workbook."""
    found: list[Any] = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        hidden = {name for name, column in sheet.column_dimensions.items() if column.hidden}
        rows: Any = sheet.iter_rows()
        cells = [cell for row in rows for cell in row if get_column_letter(cell.column) not in hidden]
        found.append(sheet.title)
        found += [cell.value for cell in cells if isinstance(cell.value, str)]
        found += [cell.comment.text for cell in cells if cell.comment]
        for one in sheet.data_validations.dataValidation:
            found += [one.prompt, one.promptTitle, one.error, one.errorTitle]
    return "\n".join(str(one) for one in found if one)


@pytest.mark.slow
def test_a_report_has_no_other_text(store: tuple[Path, Tracker]) -> None:
    """As a page, as a Word document, and in the sheets of its annex; what its PDF says is made of the same."""
    report, head = store[1].reports.get("1@2023-1"), Letterhead(nation="«nước»", motto="«tiêu ngữ»")
    readers = {".html": lambda content: texts_of(content.decode()), ".docx": of_word, ".xlsx": of_sheets}
    for form, read in readers.items():
        text = read(rendered(report, form, letterhead=head))
        assert "‹" in text
        assert [] == left(re.sub(r"\b[IVX]+\b", "", SAID.sub("", text))), form


@pytest.mark.slow
def test_a_chart_has_no_other_text(store: tuple[Path, Tracker]) -> None:
    drawn = charts(store[1].plan("1"), PERIOD.first, PERIOD.last, Language("vi"))
    said = [text for one in drawn for text in (one.title, one.text, one.note)]
    shown = [text for one in drawn for text in re.findall("<!-- (.*?) -->", one.svg.decode())]
    assert "‹activities›" in shown
    assert [] == left("\n".join((*said, *shown)))


@pytest.mark.slow
def test_what_agencies_are_sent_has_no_other_text(store: tuple[Path, Tracker], tmp_path: Path) -> None:
    """The workbook that they fill in, what it is answered, digests and the calendar."""
    plan, file = store[1].plan("1", day("6-30")), tmp_path / "a.xlsx"
    file.write_bytes(agency_workbook(plan, LEAD))
    for content in (file.read_bytes(), answer_agency_workbook(file, Returned((), ()))):
        assert [] == left(of_sheets(content))
    for one in digests(store[1], "1", day("6-30")):
        assert [] == left(f"{one.subject}\n{one.text}\n{texts_of(one.html)}")
    shown = icalendar.Calendar.from_ical(calendar(plan).decode())
    names = ("SUMMARY", "DESCRIPTION", "X-WR-CALNAME", "NAME", "COMMENT")
    texts = [str(part[name]) for part in shown.walk() for name in names if name in part]
    assert texts
    assert [] == left("\n".join(texts))
