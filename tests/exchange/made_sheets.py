"""
Sheets of a plan as officials lay them out, with the faults that they have; and the plan that each was made from.

`made(seed)` gives the same sheets for the same seed.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from reformtrack.domain.deadline import Deadline
from reformtrack.exchange.appendix.finding import Draft
from reformtrack.exchange.appendix.sheet_reader.cells import cell_name
from reformtrack.exchange.appendix.sheets import Sheet

YEAR = 2025
ROMAN = ("I", "II", "III", "IV", "V")
DOMAINS = (
    "Cải cách thể chế",
    "Thủ tục hành chính",
    "Tổ chức bộ máy",
    "Chế độ công vụ",
    "Tài chính công",
    "Chính quyền số",
)
GROUPS = ("Xây dựng văn bản", "Kiểm tra, giám sát", "Tuyên truyền", "Số hóa hồ sơ")
TITLES = (
    "Rà soát văn bản quy phạm pháp luật",
    "Công bố danh mục thủ tục",
    "Đào tạo, bồi dưỡng công chức",
    "Kiểm tra việc thực hiện nhiệm vụ",
    "Báo cáo kết quả cải cách",
    "Tổng kết phong trào thi đua",
    "Sắp xếp tổ chức bộ máy",
    "Theo dõi thi hành pháp luật",
    "Triển khai dịch vụ công trực tuyến",
    "Nội dung số cho người dân",
    "Ghi nhận ý kiến của người dân",
    "Người lập hồ sơ được hướng dẫn",
    "Cộng tác viên được tập huấn",
)
OUTPUTS = ("", "Báo cáo", "Quyết định của UBND tỉnh", "Kế hoạch", "Danh mục được công bố", "Tờ trình; dự thảo")
AGENCIES = (
    "Sở Nội vụ",
    "Sở Tư pháp",
    "Văn phòng UBND tỉnh",
    "Sở Giáo dục và Đào tạo",
    "Sở Lao động - Thương binh và Xã hội",
    "Công an tỉnh",
    "Các sở, ban, ngành",
    "UBND các huyện, thành phố",
    "Ban Dân tộc",
    "Sở Y tế",
)
DEADLINES = (
    "Quý I",
    "Quý II",
    "30/6/2025",
    "Thường xuyên",
    "Trong năm",
    "Tháng 9/2025",
    "Trước ngày 15/10",
    "Quý IV/2025",
)
QUARTERS = ("Quý I", "Quý II", "Quý III", "Quý IV")
HEADS = {
    "code": ("STT", "TT", "Số TT", "No."),
    "title": ("Nhiệm vụ", "Nội dung công việc", "Tên nhiệm vụ", "NỘI DUNG", "Nhiệm vụ cụ thể", "Hoạt động", "Task"),
    "output": ("Sản phẩm", "Kết quả", "Sản phẩm dự kiến", "Kết quả đầu ra", "Output"),
    "lead": ("Cơ quan chủ trì", "CHỦ TRÌ", "Đơn vị chủ trì thực hiện", "Chủ trì", "Lead agency"),
    "supporting": ("Cơ quan phối hợp", "Phối hợp", "Đơn vị phối hợp", "ĐVPH", "Supporting agencies"),
    "deadline": ("Thời gian hoàn thành", "Thời hạn", "THỜI GIAN\nHOÀN THÀNH", "Thời gian thực hiện", "Deadline"),
    "note": ("Ghi chú", "GHI CHÚ", "Remarks"),
}
FOREIGN = ("Trạng thái", "Người theo dõi", "Địa bàn", "Mức độ ưu tiên", "Căn cứ", "Ngày cập nhật")
LEFT_BELOW: Sequence[list[str]] = (
    ["Tổng cộng"],
    ["", "Tổng cộng: các nhiệm vụ"],
    ["(*) Danh mục có thể được điều chỉnh"],
    ["Ghi chú: theo Kế hoạch số 1/KH-UBND"],
    [],
    ["", "Nơi nhận:", "", "TM. ỦY BAN NHÂN DÂN"],
    ["", "- Như trên;", "", "CHỦ TỊCH"],
)


@attrs.frozen
class Task:
    """An activity as the plan has it."""

    domain: str
    group: tuple[str, ...]
    title: str
    output: str
    leads: tuple[str, ...]
    supporting: tuple[str, ...]
    deadline: str
    note: str = ""


Says = tuple[object, ...]


def says(task: Task) -> Says:
    """What a task amounts to in a plan."""
    due = Deadline.parse(task.deadline, YEAR)
    return (
        " ".join(task.domain.split()).casefold(),
        tuple(title.casefold() for title in task.group),
        " ".join(task.title.split()),
        " ".join(task.output.split()),
        task.leads,
        task.supporting,
        (due.kind, due.days),
        " ".join(task.note.split()),
    )


def said_by(draft: Draft) -> list[Says]:
    """What a draft would record."""
    titles = {domain.code: domain.title for domain in draft.domains}
    return [
        (
            " ".join(titles[row.domain].split()).casefold(),
            tuple(title.casefold() for title in row.group),
            " ".join(row.title.split()),
            " ".join(row.output.split()),
            row.leads,
            row.supporting,
            (row.due.kind, row.due.days) if row.due else None,
            " ".join(row.note.split()),
        )
        for row in draft.activities
    ]


@attrs.define
class Page:
    """A sheet while it is made."""

    name: str
    rows: list[list[Any]] = attrs.Factory(list)
    tasks: list[int] = attrs.Factory(list)
    """The rows of tasks."""
    sections: list[int] = attrs.Factory(list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = attrs.Factory(list)
    hidden: set[int] = attrs.Factory(set)
    struck: set[str] = attrs.Factory(set)
    bold: set[str] = attrs.Factory(set)

    def insert(self, at: int, row: list[Any]) -> None:
        """Put a row in; what stands below moves down."""

        def moved(number: int) -> int:
            return number + (number >= at)

        self.rows.insert(at, row)
        self.tasks = [moved(n) for n in self.tasks]
        self.sections = [moved(n) for n in self.sections]
        self.merged = [((moved(a), b), (moved(c), d)) for (a, b), (c, d) in self.merged]
        self.hidden = {moved(n) for n in self.hidden}
        self.struck = {_down(name, at) for name in self.struck}
        self.bold = {_down(name, at) for name in self.bold}

    def sheet(self) -> Sheet:
        """As the reader gives it."""
        width = max(map(len, self.rows), default=0)
        rows = [[cell if cell != "" else None for cell in row] + [None] * (width - len(row)) for row in self.rows]
        filled = set()
        for (top, left), (bottom, _) in self.merged:
            for number in range(top + 1, bottom + 1):
                if rows[number][left] is None and rows[top][left] is not None:
                    rows[number][left] = rows[top][left]
                    filled.add((number, left))
        return Sheet(
            self.name,
            tuple(map(tuple, rows)),
            frozenset(filled),
            merged=tuple(self.merged),
            hidden=frozenset(self.hidden),
            struck=frozenset(self.struck),
            bold=frozenset(self.bold),
        )


def _down(name: str, at: int) -> str:
    letters, number = name.rstrip("0123456789"), int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return f"{letters}{number + (number - 1 >= at)}"


@attrs.frozen
class Made:
    """Sheets, and what they were made from."""

    sheets: tuple[Sheet, ...]
    tasks: tuple[Task, ...] | None
    """None where no one can tell what was meant: it has to be asked."""
    how: tuple[str, ...]
    """The layout and the faults."""


def made(seed: int) -> Made:
    """The sheets of a random plan in a random layout, mostly with faults."""
    maker = _Maker(random.Random(seed))
    return maker.made()


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.how: list[str] = []
        self.tasks: list[Task] | None = []

    def made(self) -> Made:
        chance = self.chance
        self.sectioned = chance.choice(
            [
                "roman",
                "roman",
                "letter",
                "numbered",
                "named",
                "capitals",
                "joined",
                "merged",
                "column",
                "none",
                "sheets",
                "two",
            ]
        )
        self.grouped = self.sectioned in ("roman", "letter", "two") and chance.random() < 0.4
        self.how.append(self.sectioned + ("+groups" if self.grouped else ""))
        self.columns = self._columns()
        plan = self._plan()
        pages = self._pages(plan)
        for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
            fault = chance.choice(FAULTS)
            fault(self, chance.choice(pages))
        if chance.random() < 0.15:
            pages.insert(chance.randrange(len(pages) + 1), self._summary(plan))
        tasks = None if self.tasks is None else tuple(self.tasks)
        return Made(tuple(page.sheet() for page in pages), tasks, tuple(self.how))

    def _columns(self) -> list[tuple[str, str]]:
        """(field, heading) of each column, from the left."""
        chance = self.chance
        rest = ["output", "lead", "supporting", "deadline"]
        if chance.random() < 0.3:
            rest.append("note")
        if chance.random() < 0.3:
            chance.shuffle(rest)
        self.ticks = chance.random() < 0.15
        fields = ["code", "title", *rest]
        if self.sectioned == "column":
            fields.insert(1, "domain")
        heads = {field: chance.choice(HEADS[field]) for field in HEADS}
        heads["domain"] = "Lĩnh vực"
        columns = [(field, heads[field]) for field in fields]
        for name in chance.sample(FOREIGN, chance.choice([0, 0, 0, 1, 2, 5])):
            columns.insert(chance.randint(2, len(columns)), ("foreign", name))
        return columns

    def _plan(self) -> list[tuple[str, list[tuple[str, list[Task]]]]]:
        chance = self.chance
        titles = list(TITLES)
        chance.shuffle(titles)
        names = ["General"] if self.sectioned == "none" else chance.sample(DOMAINS, chance.randint(1, 3))
        if self.sectioned == "sheets" and len(names) < 2:
            names = list(DOMAINS[:2])
        plan = []
        for domain in names:
            groups: list[tuple[str, list[Task]]] = []
            for group in chance.sample(GROUPS, chance.randint(1, 2)) if self.grouped else [""]:
                tasks = [self._task(domain, group, titles.pop()) for _ in range(chance.randint(1, 3)) if titles]
                if tasks:
                    groups.append((group, tasks))
            if groups:
                plan.append((domain, groups))
        return plan

    def _task(self, domain: str, group: str, title: str) -> Task:
        chance = self.chance
        leads = tuple(chance.sample(AGENCIES, 1 if chance.random() < 0.8 else 2))
        supporting = tuple(chance.sample([a for a in AGENCIES if a not in leads], chance.choice([0, 1, 1, 2, 3])))
        deadline = (
            "; ".join(sorted(chance.sample(QUARTERS, chance.choice([1, 1, 2]))))
            if self.ticks
            else chance.choice(DEADLINES)
        )
        note = chance.choice(("", "", "Theo Công văn 3")) if any(f == "note" for f, _ in self.columns) else ""
        task = Task(domain, (group,) if group else (), title, chance.choice(OUTPUTS), leads, supporting, deadline, note)
        assert self.tasks is not None
        self.tasks.append(task)
        return task

    def _pages(self, plan: Sequence[tuple[str, list[tuple[str, list[Task]]]]]) -> list[Page]:
        chance = self.chance
        above: list[list[Any]] = []
        if chance.random() < 0.5:
            above = [
                ["ỦY BAN NHÂN DÂN TỈNH X"],
                [],
                ["PHỤ LỤC"],
                ["NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2025"],
                ["(Kèm theo Kế hoạch số 12/KH-UBND ngày 25/12/2024)"],
                [],
            ]
            above = above[chance.randint(0, 3) :]
        if self.sectioned == "sheets":
            return [
                self._page(f"{n}. {domain}", [(domain, groups)], above, n) for n, (domain, groups) in enumerate(plan, 1)
            ]
        if self.sectioned == "two" and len(plan) > 1:
            return [
                self._page("Phụ lục", plan[:1], above, 1),
                self._page("Phụ lục (tiếp)", plan[1:], [], 2),
            ]
        return [self._page(chance.choice(["Phụ lục", "Sheet1", "PL1"]), plan, above, 1)]

    def _heads(self, page: Page) -> None:
        chance, columns = self.chance, self.columns
        top = len(page.rows)
        if self.ticks:
            head: list[Any] = []
            below: list[Any] = []
            for field, name in columns:
                if field == "deadline":
                    page.merged.append(((top, len(head)), (top, len(head) + 3)))
                    head += ["Thời gian thực hiện", "", "", ""]
                    below += QUARTERS
                else:
                    page.merged.append(((top, len(head)), (top + 1, len(head))))
                    head.append(name)
                    below.append("")
            page.rows += [head, below]
        else:
            page.rows.append([name for _, name in columns])
        if chance.random() < 0.3:
            page.rows.append([f"({n})" for n in range(1, len(page.rows[-1]) + 1)])

    def _page(
        self, name: str, plan: Sequence[tuple[str, list[tuple[str, list[Task]]]]], above: list[list[Any]], nth: int
    ) -> Page:
        chance = self.chance
        page = Page(name)
        page.rows += [list(row) for row in above]
        self._heads(page)
        number = 0
        for place, (domain, groups) in enumerate(plan):
            self._section(page, place if self.sectioned != "two" else place + nth - 1, domain)
            if self.sectioned not in ("none", "column"):
                number = 0
            for nth_group, (group, tasks) in enumerate(groups, 1):
                if group:
                    page.sections.append(len(page.rows))
                    page.rows.append(self._row(str(nth_group), group))
                for n, task in enumerate(tasks, 1):
                    number += 1
                    code: Any = (
                        f"{nth_group}.{n}" if group else f"{place + 1}.{n}" if self.sectioned == "numbered" else number
                    )
                    page.tasks.append(len(page.rows))
                    page.rows.append(self._task_row(code, task))
                    if chance.random() < 0.05:
                        page.rows.append([])
        if chance.random() < 0.4:
            page.rows += [list(row) for row in LEFT_BELOW[chance.randrange(len(LEFT_BELOW) - 1) :]]
        return page

    def _section(self, page: Page, place: int, domain: str) -> None:
        chance, at = self.chance, len(page.rows)
        match self.sectioned:
            case "roman" | "two":
                row = self._row(ROMAN[place] + chance.choice(("", ".")), domain)
            case "letter":
                row = self._row("ABCDE"[place], domain.upper() if chance.random() < 0.5 else domain)
            case "numbered":
                row = self._row(str(place + 1), domain)
            case "named":
                row = [f"Lĩnh vực {place + 1}: {domain}"]
            case "capitals":
                row = self._row("", domain.upper())
            case "joined":
                row = self._row("", f"{ROMAN[place]}. {domain}")
            case "merged":
                row = [f"{ROMAN[place]}. {domain}"]
                page.merged.append(((at, 0), (at, len(self.columns) - 1)))
            case _:
                return
        page.sections.append(at)
        page.rows.append(row)

    def _place(self, field: str) -> int:
        """The first place of a field's column."""
        place = 0
        for name, _ in self.columns:
            if name == field:
                return place
            place += 4 if name == "deadline" and self.ticks else 1
        return -1

    def _row(self, code: Any, title: str) -> list[Any]:
        row: list[Any] = [""] * (self._place("title") + 1)
        row[self._place("code")], row[self._place("title")] = code, title
        return row

    def _task_row(self, code: Any, task: Task) -> list[Any]:
        chance, row = self.chance, list[Any]()
        for field, _ in self.columns:
            match field:
                case "code":
                    row.append(code)
                case "blank":
                    row.append("")
                case "lead":
                    row.append(self._list(task.leads))
                case "supporting":
                    row.append(self._list(task.supporting))
                case "deadline" if self.ticks:
                    row += ["x" if quarter in task.deadline.split("; ") else "" for quarter in QUARTERS]
                case "foreign":
                    row.append(chance.choice(("", "", "Đang làm", "Ông X", "Cao")))
                case _:
                    row.append(self._wrapped(getattr(task, field)))
        return row

    def _list(self, names: Sequence[str]) -> str:
        """Names as a cell has them."""
        chance = self.chance
        if not names:
            return chance.choice(("", "", "", "-", "Không"))
        is_plain = not any("," in name or " và " in name or " - " in name for name in names)
        sign = chance.choice(["; ", ";\n", "\n- "] + ([", ", "\n", ",\n"] if is_plain else []))
        text = sign.join(names)
        return f"- {text}" if sign == "\n- " and len(names) > 1 else text

    def _wrapped(self, text: str) -> str:
        if text and self.chance.random() < 0.1:
            words = text.split(" ")
            at = self.chance.randrange(len(words))
            return " ".join(words[:at]) + ("\n" if at else "") + " ".join(words[at:])
        return text

    def _summary(self, plan: Sequence[tuple[str, list[tuple[str, list[Task]]]]]) -> Page:
        self.how.append("summary sheet")
        rows = [[n, domain, sum(len(tasks) for _, tasks in groups), 0] for n, (domain, groups) in enumerate(plan, 1)]
        head = self.chance.choice(
            (
                ["STT", "Lĩnh vực", "Số nhiệm vụ", "Hoàn thành"],
                ["STT", "Cơ quan chủ trì", "Tổng số nhiệm vụ", "Quá hạn"],
            )
        )
        return Page("Tổng hợp", [head, *rows, ["", "Tổng cộng", 3, 0]])


Fault = Callable[[_Maker, Page], None]


def blank_rows(maker: _Maker, page: Page) -> None:
    maker.how.append("blank row")
    at = maker.chance.choice([*page.tasks, *page.sections, len(page.rows)])
    page.insert(at, [])


def blank_column(maker: _Maker, page: Page) -> None:
    """All that stands moves one column to the right."""
    if page.bold or page.struck or maker.sectioned in ("sheets", "two"):
        return
    maker.how.append("blank first column")
    page.rows = [["", *row] for row in page.rows]
    page.merged = [((a, b + 1), (c, d + 1)) for (a, b), (c, d) in page.merged]
    maker.columns.insert(0, ("blank", ""))


def repeated_heads(maker: _Maker, page: Page) -> None:
    """As a page of print has them."""
    if len(page.tasks) < 2 or maker.ticks or "blank first column" in maker.how:
        return
    maker.how.append("repeated headings")
    page.insert(page.tasks[-1], [name for _, name in maker.columns])


def page_break(maker: _Maker, page: Page) -> None:
    """The last words of a row's cells stand in a row of their own."""
    if maker.ticks or not page.tasks:
        return
    at = maker.chance.choice(page.tasks)
    row, rest = page.rows[at], list[Any]()
    fields = {maker._place(field): field for field in ("title", "output", "supporting")}
    found = False
    for place, cell in enumerate(row):
        text = str(cell)
        words = text.split(" ")
        if (
            fields.get(place)
            and len(words) > 2
            and "\n" not in text
            and maker.chance.random() < 0.6
            and words[-1][:1].islower()
        ):
            row[place] = " ".join(words[:-1])
            rest.append(words[-1])
            found = True
        else:
            rest.append("")
    if found:
        maker.how.append("page break")
        page.insert(at + 1, rest)


def ditto(maker: _Maker, page: Page) -> None:
    if len(page.tasks) < 2 or maker.ticks or maker.tasks is None:
        return
    at = maker.chance.randrange(1, len(page.tasks))
    place = maker._place("lead")
    above, here = page.rows[page.tasks[at - 1]], page.rows[page.tasks[at]]
    if place < len(above) and place < len(here) and above[place] == here[place]:
        maker.how.append("ditto")
        here[place] = maker.chance.choice(("nt", "-nt-", '"', "Như trên"))


def emptied(maker: _Maker, page: Page) -> None:
    """A lead, a deadline or a title that is not there has to be asked for."""
    if not page.tasks or maker.ticks:
        return
    field = maker.chance.choice(("title", "lead", "deadline"))
    row, place = page.rows[maker.chance.choice(page.tasks)], maker._place(field)
    if not row[place] or page.merged:
        return
    row[place] = ""
    maker.how.append(f"no {field}")
    maker.tasks = None


def stray_cell(maker: _Maker, page: Page) -> None:
    """A text where none belongs: in the row of a section, or beside the table."""
    if not page.sections:
        return
    maker.how.append("stray text in a section")
    at = maker.chance.choice(page.sections)
    row = page.rows[at]
    place = maker._place(maker.chance.choice(("deadline", "output", "supporting", "lead")))
    row += [""] * (place + 1 - len(row))
    if not row[place] and not any(a[0][0] == at for a in page.merged):
        row[place] = maker.chance.choice(("năm tiếp theo", "Quý IV", "của tỉnh", "Sở Tài chính", "thực hiện"))


def beside(maker: _Maker, page: Page) -> None:
    if not page.tasks:
        return
    maker.how.append("text beside the table")
    row = page.rows[maker.chance.choice(page.tasks)]
    row += [""] * (len(maker.columns) + 6 - len(row)) + ["xem lại"]


def hidden(maker: _Maker, page: Page) -> None:
    """A row that was dropped, and only hidden."""
    if not page.tasks:
        return
    maker.how.append("hidden row")
    at = maker.chance.choice(page.tasks) + 1
    page.insert(at, maker._task_row(99, Task("", (), "Việc đã bỏ", "", ("Sở Y tế",), (), "Quý I")))
    page.hidden.add(at)


def struck(maker: _Maker, page: Page) -> None:
    if not page.tasks:
        return
    maker.how.append("struck row")
    at = maker.chance.choice(page.tasks) + 1
    page.insert(at, maker._task_row(99, Task("", (), "Việc đã gạch", "", ("Sở Y tế",), (), "Quý I")))
    page.struck |= {cell_name(at, place) for place in range(len(page.rows[at]))}


def invisible(maker: _Maker, page: Page) -> None:
    if not page.tasks:
        return
    row, place = page.rows[maker.chance.choice(page.tasks)], maker._place("lead")
    if row[place] and ";" not in row[place] and row[place] not in ("nt", "-nt-", '"', "Như trên"):
        maker.how.append("spelling of an agency")
        row[place] = maker.chance.choice((row[place] + "\u200b", row[place].replace(" ", "  ", 1), row[place] + " "))


def note_between(maker: _Maker, page: Page) -> None:
    if not page.tasks:
        return
    maker.how.append("note between")
    page.insert(maker.chance.choice(page.tasks), maker._row("", "Ghi chú: ưu tiên thực hiện"))


def stray_sentence(maker: _Maker, page: Page) -> None:
    maker.how.append("stray sentence")
    page.insert(maker.chance.choice(page.tasks or [0]), maker._row("", "Thực hiện theo chỉ đạo của Trung ương"))
    maker.tasks = None


def merged_lead(maker: _Maker, page: Page) -> None:
    """Two rows under each other that have one lead, in one merged cell."""
    place = maker._place("lead")
    for one, other in zip(page.tasks, page.tasks[1:], strict=False):
        if other == one + 1 and page.rows[one][place] == page.rows[other][place] != "" and not page.merged:
            maker.how.append("merged lead")
            page.rows[other][place] = ""
            page.merged.append(((one, place), (other, place)))
            return


FAULTS: Sequence[Fault] = (
    blank_rows,
    blank_column,
    repeated_heads,
    page_break,
    page_break,
    ditto,
    emptied,
    stray_cell,
    stray_cell,
    beside,
    hidden,
    struck,
    invisible,
    note_between,
    stray_sentence,
    merged_lead,
)
