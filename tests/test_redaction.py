"""What is protected never shows: not in a document, on a page, in a line of the command line."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx as python_docx
import pytest

from reformtrack import Deadline, Domain, Tracker
from reformtrack.cli import main
from reformtrack.domain.values import Document
from reformtrack.events import ActivityCompleted, ProgressReported
from reformtrack.exchange.agency_workbook import agency_workbook
from reformtrack.exchange.calendar import icalendar
from reformtrack.exchange.digest import digests
from reformtrack.exchange.report.annex import xlsx
from reformtrack.exchange.report.charts import charts
from reformtrack.exchange.report.outline import report_document
from reformtrack.exchange.report.page import html
from reformtrack.exchange.report.template import from_template
from reformtrack.exchange.report.word import docx
from reformtrack.language import Language
from reformtrack.protection import Protection
from reformtrack.web import create_app
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

MASTER = bytes(32)
NAME = "Nguyễn Thị Tuyệt Mật"
PROTECTED = "[được bảo vệ]"


class Told:
    """A tracker whose every text that a person may have written has a token of its own, and how it is shown."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tracker = Tracker(url, clock=Clock())
        self.tokens: list[str] = []
        evidence = Document(number=self.said("số"), title=self.said("tệp"), issuer=self.said("nơi"))
        self.lead = self.said("cơ quan")
        self.tracker.record(
            adopted(
                title=self.said("kế hoạch"),
                jurisdiction=self.said("tỉnh"),
                domains=(Domain("1", self.said("lĩnh vực")),),
                host_fields={"notice": self.said("lưu ý")},
            ),
            scheduled(title=self.said("việc"), output=self.said("sản phẩm"), supporting=(self.said("phối hợp"),)),
            scheduled("p/1.02", title=self.said("việc khác"), lead=self.lead),
            scheduled("p/1.03", lead=self.lead, deadline=Deadline.parse(self.said("hạn"), 2023)),
            ProgressReported("p/1.02", on=day("2-1"), note=self.said("tin"), obstacles=self.said("khó")),
            ActivityCompleted("p/1.01", on=day("3-1"), evidence=(evidence,), note=self.said("xong")),
            by="so-noi-vu",
        )
        self.tracker.reports.issue("p", "2023-q1", by="so-noi-vu", document=Document(number=self.said("số báo cáo")))

    def said(self, what: str) -> str:
        self.tokens.append(Protection(self.tracker, MASTER).protect(f"nv-{len(self.tokens)}", f"{NAME} {what}"))
        return f"{what}: {self.tokens[-1]}"


@pytest.fixture
def told(sqlite: str) -> Told:
    return Told(sqlite)


def shown_in(content: bytes) -> str:
    """What a document shows: a Word document and a workbook are archives of XML."""
    if not content.startswith(b"PK"):
        return content.decode().replace("\r\n ", "")
    with ZipFile(BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.slow
def test_documents_show_a_mark_where_a_name_is_protected(told: Told, tmp_path: Path) -> None:
    """Neither the name nor the token of it: a reader can do nothing with one."""
    report = told.tracker.reports.get("p@2023-q1")
    plan = told.tracker.plan("p")
    document = report_document(report)
    digest = next(digest for digest in digests(told.tracker, "p") if digest.to == told.lead)
    form = python_docx.Document()
    form.add_paragraph(" ".join(f"{{{{ {place} }}}}" for place in ("organ", "number", "notice", "subject")))
    for places in ("activities", "leads", "domains"):
        form.add_paragraph(
            f"{{% for one in {places} %}}{{% for name in one %}}{{{{ one[name] }}}} {{% endfor %}}{{% endfor %}}"
        )
    form.save(str(tmp_path / "form.docx"))
    documents = {
        "page": html(document),
        "word": docx(document),
        "workbook": xlsx(report),
        "agency": agency_workbook(plan, told.lead),
        "form": from_template(report, tmp_path / "form.docx"),
        "calendar": icalendar(plan),
        "digest": f"{digest.subject}{digest.text}{digest.html}".encode(),
    }
    for name, content in documents.items():
        shown = shown_in(content)
        assert (True, False, False) == (PROTECTED in shown, "⟦" in shown, NAME in shown), name


@pytest.mark.slow
def test_charts_draw_a_mark_where_a_name_is_protected(told: Told) -> None:
    """In the picture itself, whose letters are outlines that no search finds."""
    with Tracker(clock=Clock()) as tracker:
        tracker.record(
            adopted(domains=(Domain("1", f"lĩnh vực: {PROTECTED}"),)),
            scheduled(),
            scheduled("p/1.02", lead=f"cơ quan: {PROTECTED}"),
            ActivityCompleted("p/1.01", on=day("3-1")),
            by="a",
        )
        drawn = [
            charts(plan, day("1-1"), day("12-31"), Language("vi"))[2].svg
            for plan in (tracker.plan("p"), told.tracker.plan("p"))
        ]
    assert drawn[0] == drawn[1]


def test_pages_show_a_mark_before_and_after_an_erasure(told: Told) -> None:
    """Whoever asks; a page that was kept holds tokens at most."""
    site = create_app(told.tracker)
    paths = ["/", "/plans/p", "/plans/p/activities/1.01", "/plans/p/activities/1.02", "/plans/p/reports/2023-q1"]
    for _ in range(2):
        for path in paths:
            answer = ask(site, path)
            assert (200, True) == (answer.status_code, PROTECTED in answer.text), path
            assert (False, False) == ("⟦" in answer.text, NAME in answer.text), path
        Protection(told.tracker, MASTER).erase("nv-0")


def test_the_command_line_shows_a_mark(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("plan", "p"), ("history", "p/1.02"), ("history", "p/1.01"), ("overdue", "p", "--on", "2023-12-31")):
        assert 0 == main([*words, "--store", told.url])
        out = capsys.readouterr().out
        assert (True, False, False) == (PROTECTED in out, "⟦" in out, NAME in out), words


def test_programs_get_tokens_and_no_name(told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The API, `--json` and exports are for programs, which may give a token back or have it revealed."""
    told.tracker.log.export(tmp_path / "log.jsonl")
    told.tracker.views.export_parquet(tmp_path)
    assert 0 == main(["history", "p/1.01", "--json", "--store", told.url])
    answers = [
        ask(create_app(told.tracker), "/api/v1/plans/p").content,
        capsys.readouterr().out.encode(),
        (tmp_path / "log.jsonl").read_bytes(),
    ]
    assert [True] * len(answers) == [b"nv-" in answer for answer in answers]
    assert [False] * len(answers) == [NAME.encode() in answer for answer in answers]
    assert not any(NAME.encode() in path.read_bytes() for path in tmp_path.glob("*.parquet"))
