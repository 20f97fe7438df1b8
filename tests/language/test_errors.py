"""Every error is a sentence of the catalogue, and says in Vietnamese nothing that is written as programs write it."""

import ast
import builtins
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

import reformtrack
from reformtrack import Tracker, errors
from reformtrack.cli import main
from reformtrack.domain.errors import OneSentence, ReformtrackError, shortened
from reformtrack.domain.illegal import IllegalHistory
from reformtrack.domain.said import Said, said
from reformtrack.events import ActivityCompleted
from reformtrack.exchange.agency_workbook import agency_workbook, import_agency_workbook
from reformtrack.exchange.appendix.importing import NewPlan, import_appendix
from reformtrack.exchange.error_words import error_words, retold
from reformtrack.exchange.words import event_words
from reformtrack.language import Language
from reformtrack.policy import Refuse, separation
from reformtrack.web import create_app
from tests.language.test_catalogue import entries, subclasses
from tests.support import Clock, adopted, day, scheduled
from tests.web.asking import ask

SOURCE = Path(reformtrack.__file__).parent
VI = Language("vi")
ALONE = {
    "seal/verify_log.py": "the file that verifies alone has no catalogue",
    "web/writing.py": "it answers programs alone, with problem documents in English",
    "web/feed.py": "the same",
    "domain/errors.py": "the classes themselves: what they say is in their `words`",
    "domain/illegal.py": "so here",
}
NOT_FOR_PEOPLE = {
    "TemplateError": "of the process that fills a template: it imports nothing of reformtrack",
    "Refused": "kept with a record that was not delivered, for who runs the outbox",
    "Gone": "the same",
    "RetryLater": "the same",
    "IntegrityError": "caught by the store: somebody else was faster",
    "OperationalError": "caught by the store: it tries again",
}
SAID_TOO = ("Problem", "Unusable", "BadParameter", "unfit")
"""What becomes an error on its way to a person."""
ENGLISH = re.compile(
    r"\b(the|is|are|of|not|with|cannot|accepted|and|was|has|must|should|value|invalid|missing|this|that|there|would|which|be)\b"
)
AS_PROGRAMS_WRITE = re.compile(r"\d{4}-\d\d-\d\d|datetime|Decimal\(|\bNone\b|\bTrue\b|\bFalse\b|<[a-z]+ |'")
DAY = date(2023, 6, 30)
INSTANT = datetime(2023, 6, 30, 10, tzinfo=UTC)
EVENT = ActivityCompleted("p/1", on=DAY)


def names() -> set[str]:
    return {cls.__name__ for cls in below(ReformtrackError)} | set(SAID_TOO)


def below(cls: type[ReformtrackError]) -> Iterator[type[ReformtrackError]]:
    for one in cls.__subclasses__():
        yield one
        yield from below(one)


def is_words(text: str) -> bool:
    """Whether a text has two words, so that it is more than a name or a sign."""
    return re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}|[A-Za-z]{3,} $|^ [A-Za-z]{3,}", text) is not None


def unsaid(argument: ast.expr, assigned: Mapping[str, Sequence[ast.expr]], known: set[str]) -> Iterator[str]:
    """The texts in an argument that no `said` is around; a name stands for what is assigned to it."""
    match argument:
        case ast.Call(func=ast.Name(id="said")):
            return
        case ast.Constant(value=str(text)):
            if is_words(text) and text not in known:
                yield text
        case ast.JoinedStr(values=parts):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
            if any(isinstance(part, ast.Constant) and is_words(str(part.value)) for part in parts):
                yield text
        case ast.Name(id=name):
            rest = {other: values for other, values in assigned.items() if other != name}
            for value in assigned.get(name, ()):
                yield from unsaid(value, rest, known)
        case ast.IfExp(body=one, orelse=other):
            yield from unsaid(one, assigned, known)
            yield from unsaid(other, assigned, known)


def with_functions(module: ast.Module) -> Iterator[tuple[ast.AST, Sequence[ast.FunctionDef]]]:
    """Each node of a module, and the functions that it is in."""
    waiting: list[tuple[ast.AST, Sequence[ast.FunctionDef]]] = [(module, ())]
    while waiting:
        node, around = waiting.pop()
        yield node, around
        inside = (*around, node) if isinstance(node, ast.FunctionDef) else around
        waiting += ((child, inside) for child in ast.iter_child_nodes(node))


def assigned_in(module: ast.Module, around: Sequence[ast.FunctionDef]) -> Mapping[str, Sequence[ast.expr]]:
    """What names stand for in functions, and in their module."""
    found: dict[str, list[ast.expr]] = {}
    for statement in [*module.body, *(inner for function in around for inner in ast.walk(function))]:
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(cast(ast.Assign, statement).value)
    return found


def test_no_error_is_raised_with_a_text_that_cannot_be_said() -> None:
    """An f-string, or a text without `said`, would be English in every language."""
    known = {english for english, _ in entries()}
    sentences = {cls.__name__ for cls in subclasses(OneSentence)}
    errors_ = names()
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        if place in ALONE:
            continue
        text = path.read_text(encoding="utf-8")
        if "raise" not in text and not any(name in text for name in errors_):
            continue
        module = ast.parse(text)
        nodes = list(with_functions(module))
        raised = {id(node.exc) for node, _ in nodes if isinstance(node, ast.Raise)}
        for node, around in nodes:
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
            is_raised = name and name not in NOT_FOR_PEOPLE and not hasattr(builtins, name)
            if isinstance(node, ast.Call) and (name in errors_ or (id(node) in raised and is_raised)):
                assigned = assigned_in(module, around)
                first = node.args[0] if node.args else None
                is_pattern = name in sentences and isinstance(first, ast.Constant)
                for argument in node.args[is_pattern:] + [keyword.value for keyword in node.keywords]:
                    found += [f"{place}:{node.lineno}: {text}" for text in unsaid(argument, assigned, known)]
    assert [] == found


def made(cls: type[ReformtrackError]) -> ReformtrackError:
    """An error of a class, of facts as the library gives them."""
    sentence, seen = said("a whole number"), shortened(DAY)
    facts: dict[type[ReformtrackError], tuple[Any, ...]] = {
        errors.TemplateFileError: ("t.docx", sentence, sentence),
        errors.UnknownLine: ("ActivityCompleted", "on", DAY, sentence),
        errors.NoEvent: ("ActivityCompleted", "on", None, sentence),
        errors.InvalidField: ("ActivityCompleted", "on", "x", sentence),
        errors.InvalidInstant: (INSTANT, sentence),
        errors.UnknownSubscription: ("gửi",),
        errors.NotFound: ("plan", "p", DAY, INSTANT),
        errors.NotRecordable: ("ActivityCompleted", "p/1"),
        errors.RequestReused: ("r", 3),
        errors.PolicyRequired: ("ActivityCompleted", "p/1", "Quy", DAY),
        errors.NotPermitted: ("ActivityCompleted", "p/1", sentence),
        errors.VersionConflict: ("p/1", 1, 2),
        errors.ConcurrentUpdate: (("p/1", "p/2"), 3),
        errors.MissingExtra: ("web", ModuleNotFoundError(name="starlette")),
        errors.ClockBehind: (1, 2, INSTANT, INSTANT),
        errors.ClocksDiffer: (INSTANT.isoformat(), INSTANT.isoformat()),
        errors.SheetFileError: ("s.xlsx", sentence),
        errors.UnreadableRecord: (3, "p/1", 2, "ActivityCompleted.1", "on", sentence, b"{}"),
    }
    if issubclass(cls, IllegalHistory):
        return cls(EVENT, cls.found or sentence, cls.accepted or sentence)
    given = next((facts[kind] for kind in cls.__mro__ if kind in facts), ())
    if issubclass(cls, OneSentence) and not given:
        return cls("{path}: {error}", path="f", error=said(
            "a request was recorded at {text}, which is not an instant; accepted: a store in which check finds "
            "nothing", text=seen))  # fmt: skip
    return cls(*given)


def patterns(text: object) -> Iterator[str]:
    """Each sentence in an error."""
    if isinstance(text, Said):
        yield text.pattern
        for value in text.values.values():
            yield from patterns(value)


REFUSALS = {name: one.reason for name, one in vars(separation).items() if isinstance(one, Refuse)}


@pytest.mark.parametrize("reason", REFUSALS.values(), ids=REFUSALS)
def test_every_refusal_of_the_policy_is_said_in_vietnamese(reason: str) -> None:
    assert_vietnamese(error_words(errors.NotPermitted("ActivityStarted", "p/1", reason), VI))


CLASSES = sorted(set(below(ReformtrackError)), key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_of_errors_is_said_in_vietnamese(cls: type[ReformtrackError]) -> None:
    """All that it says is of the catalogue; days and instants are as people write them; no name of a class is in it."""
    error = made(cls)
    catalogue = dict(entries())
    assert [] == [one for one in patterns(error.words) if one not in catalogue]
    words = error_words(error, VI)
    assert_vietnamese(words)
    assert not [name for name in (*event_words(VI), *names()) if re.search(rf"\b{name}\b(?!\.)", words)], words


def assert_vietnamese(words: str) -> None:
    assert not ENGLISH.search(words), words
    assert not AS_PROGRAMS_WRITE.search(re.sub("pip install '.*'", "", words)), words


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store with an activity, and its agency's workbook, filled in."""
    folder = tmp_path_factory.mktemp("doors")
    with Tracker(f"sqlite:///{folder / 'plans.db'}", clock=Clock()) as tracker:
        tracker.record(adopted(), scheduled("p/1"), by="a")
        workbook = openpyxl.load_workbook(BytesIO(agency_workbook(tracker.plan("p", day("6-1")), "Sở Tư pháp")))
    for column, value in ((8, "bắt đầu thực hiện"), (9, "01/03/2023")):
        workbook.worksheets[0].cell(6, column).value = value
    workbook.save(folder / "sent.xlsx")
    return folder / "plans.db", folder / "sent.xlsx"


@pytest.mark.slow
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_each_door_says_every_error_in_vietnamese(
    cls: type[ReformtrackError],
    sent: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The terminal in a line, the page in its text, the workbook in the problems of a row."""
    for name in ("STORE", "LANG", "BY", "STEWARDS"):
        monkeypatch.delenv(f"REFORMTRACK_{name}", raising=False)
    store, workbook = sent
    error = made(cls)

    def fail(*_: object, **__: object) -> Any:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Tracker, "plan", fail)
        assert main(("plan", "p", "--store", str(store))) > 0
        assert_vietnamese(capsys.readouterr().err)
        with Tracker(f"sqlite:///{store}") as tracker:
            page = ask(create_app(tracker), "/plans/p").text
            api = ask(create_app(tracker), "/api/v1/plans/p").json()
    told = html.unescape(re.sub("<[^>]*>", " ", page[page.index("<main") : page.index("</main>")]))
    assert_vietnamese(told)
    assert "detail" in api
    if issubclass(cls, IllegalHistory | errors.NotPermitted) and cls is not errors.PolicyRequired:
        with Tracker(f"sqlite:///{store}", clock=Clock()) as tracker:
            monkeypatch.setattr(Tracker, "record", fail)
            found = import_agency_workbook(tracker, workbook, lead="Sở Tư pháp", by="b")
        [problem] = found.problems
        assert_vietnamese(f"{problem.what} {problem.to_do}")


@pytest.mark.slow
def test_the_import_says_in_vietnamese_what_no_field_can_hold(tmp_path: Path) -> None:
    """By the label of the field, with the value as it was given."""
    file = tmp_path / "appendix.csv"
    title = "Rà soát" + "\u0301" * 40
    file.write_text(
        f"STT,Nhiệm vụ,Chủ trì,Thời hạn\nI,Cải cách thể chế,,\n1,{title},Sở Nội vụ,Quý I\n", encoding="utf-8"
    )
    new = NewPlan(title="T", year=2023, jurisdiction="X")
    with Tracker(clock=Clock()) as tracker, pytest.raises(errors.SheetFileError) as refused:
        import_appendix(tracker, file, "p", by="a", on=day("1-2"), new=new)
    assert_vietnamese(error_words(refused.value, VI).replace(str(file), ""))
    file.write_text(
        f"STT,Nhiệm vụ,Chủ trì,Thời hạn\nI,Cải cách thể chế,,\n1,{'x' * 3000},Sở Nội vụ,Quý I\n", encoding="utf-8"
    )
    with Tracker(clock=Clock()) as tracker:
        found = import_appendix(tracker, file, "p", by="a", on=day("1-2"), new=new)
    assert found.problems
    for problem in found.problems:
        assert_vietnamese(f"{problem.what} {problem.to_do}")


@pytest.mark.parametrize(
    ("found", "vi"),
    [
        (DAY, "30/06/2023"),
        (INSTANT, "30/06/2023 10:00 (UTC)"),
        ("Sở\u200b", "“Sở\\u200b”"),
        (None, "giá trị trống"),
        (True, "có"),
        (Decimal("1234.5"), "1.234,5"),
        (["a", 5], "a; 5"),
        ("x" * 200, "“" + "x" * 78 + "…”"),
    ],
)
def test_a_value_that_was_given_is_shown_as_people_write_it(found: object, vi: str) -> None:
    """And in English as Python does, for who searches a log for it."""
    sentence = said(
        "{owner}.{field} cannot be {found}; accepted: {accepted}",
        owner="o",
        field="f",
        found=shortened(found),
        accepted="a",
    )
    assert f"yêu cầu, mục f: không thể là {vi}; chấp nhận: a" == retold(sentence, VI)
    assert f"o.f cannot be {shortened(found)}; accepted: a" == retold(sentence, Language("en"))


USAGES = {
    ("plan",): "thiếu PLAN",
    ("verify",): "thiếu checkpoints",
    ("plan", "--oops"): "không có tùy chọn --oops; gần giống: ",
    ("frobnicate",): "không có lệnh frobnicate",
    ("plan", "p", "--on"): "--on cần có giá trị",
    ("plan", "p", "--json=3"): "--json không nhận giá trị",
    ("plan", "p", "q", "r"): "lệnh không nhận thêm ",
    (
        "plan",
        "p",
        "--on",
        "31/02/2023",
    ): "giá trị của --on không hợp lệ: “31/02/2023”; chấp nhận: một ngày, ví dụ 30/06/2023",
    ("due", "p", "--days", "-1"): "giá trị của --days không hợp lệ: chấp nhận một số nguyên từ 0",
    ("serve", "--port", "99999"): "giá trị của --port không hợp lệ: chấp nhận một số nguyên đến 65535",
    ("correct-instants", "a", "2"): "giá trị của first không hợp lệ: chấp nhận một số nguyên",
    (
        "init",
        "--rule",
        "all",
    ): "giá trị của --rule không hợp lệ: “all”; chấp nhận: một trong whole_plan, dated_only, fallen_due",
    ("plan", "--lang", "fr"): "giá trị của --lang không hợp lệ: “fr”; chấp nhận: vi, en",
}


@pytest.mark.parametrize(("arguments", "words"), USAGES.items(), ids=lambda one: " ".join(one)[:30])
def test_wrong_usage_is_said_in_vietnamese(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """typer's own texts are English in every language."""
    for name in ("STORE", "LANG", "BY"):
        monkeypatch.delenv(f"REFORMTRACK_{name}", raising=False)
    assert 2 == main(arguments)
    error = capsys.readouterr().err
    assert words in error
    assert error.endswith("; xem reformtrack --help\n")
    assert not ENGLISH.search(error), error


def test_help_has_no_english(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Headings, notes and the help of --help too."""
    monkeypatch.delenv("REFORMTRACK_LANG", raising=False)
    for arguments in ((), ("--help",), ("record", "--help"), ("due", "-h")):
        main(arguments)
        shown = capsys.readouterr().out
        assert shown.startswith("Cách dùng: reformtrack ")
        assert not re.search(r"Options|Commands|Arguments|OPTIONS|COMMAND|env var|default|Show this", shown), shown
        main(("--lang", "en", *(arguments or ("--help",))))
        assert capsys.readouterr().out.startswith("Usage: reformtrack ")


@pytest.mark.parametrize(
    "given", ["day", "now", "title", "2023-02-31", "2023-02-28", "ActivityX", "{x}", "accepted", ""]
)
def test_what_a_person_typed_is_not_translated(given: str) -> None:
    """A plan may be called as a word of the catalogue is."""
    assert f"kế hoạch “{given}” không tồn tại vào ngày 30/06/2023" in error_words(
        errors.NotFound("plan", given, DAY, None), VI
    )
