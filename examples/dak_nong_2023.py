"""
The worked example: Đắk Nông's administrative reform plan of 2023, from its recorded events to "53/55 (96,4%)".

    python examples/dak_nong_2023.py [--lang en] [--store dak-nong.db]

The counts are published; the list of activities and every day in it are illustrative.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from dak_nong_events import ADOPTED, CUT_OFF, HA_NOI_TIME, PLAN, Clock, at, record_year

from reformtrack import Activity, CountingRule, Plan, Record, Tracker
from reformtrack.answers import Counted, Indicator
from reformtrack.domain.wording import Lang, day, number, time_left
from reformtrack.exchange.words import happened
from reformtrack.language import Language

MIDYEAR = date(2023, 6, 30)

WORDS: dict[Lang, dict[str, str]] = {
    "vi": {
        "notice": "Số lượng (7 lĩnh vực, 55 nhiệm vụ, 53 đã hoàn thành) và các số liệu khác đã được công bố;\n"
        "danh mục nhiệm vụ, ngày tháng và mọi bản ghi dưới đây chỉ để minh họa.",
        "domains": "lĩnh vực",
        "rates": "Ba cách tính tỷ lệ",
        "left out": "không tính",
        "overdue": "Quá hạn, và vì sao",
        "recorded": "ghi ngày",
        "midyear": "Đến ngày 30/06/2023 kế hoạch đã thực hiện được bao nhiêu?",
        "then": "theo dữ liệu cập nhật đến ngày 30/06/2023",
        "today": "theo dữ liệu cập nhật đến nay",
        "difference": "Khác nhau do {} bản ghi được ghi sau ngày 30/06, trong đó:",
        "evidence": "Hoàn thành nhưng chưa có tài liệu kiểm chứng",
        "balance": "Cân đối trong kỳ",
        "figures": "Các số liệu khác của báo cáo: công bố | tính được",
        "derived": "Kế hoạch tính từ nhật ký: {} lĩnh vực, {} nhiệm vụ, {}; khớp với số công bố: {}",
        "log": "{} bản ghi, số thứ tự bản ghi cuối: {}; {} bản ghi được ghi sau ngày thực hiện, {} bản ghi bị thu hồi",
        "yes": "có",
        "no": "KHÔNG",
    },
    "en": {
        "notice": "The counts (7 domains, 55 activities, 53 completed) and the other figures are published;\n"
        "the list of activities, the days and every record below are illustrative.",
        "domains": "domains",
        "rates": "Three ways to count",
        "left out": "left out",
        "overdue": "Overdue, and why",
        "recorded": "recorded",
        "midyear": "How far was the plan on 2023-06-30?",
        "then": "as known on 2023-06-30",
        "today": "as known now",
        "difference": "The difference is {} records made after 30 June, among them:",
        "evidence": "Completed without evidence on record",
        "balance": "Balance of the period",
        "figures": "The other figures of the report: published | computed",
        "derived": "The plan computed from the log: {} domains, {} activities, {}; agrees with the publication: {}",
        "log": "{} records, last log position {}; {} recorded after their effective day, {} retracted",
        "yes": "yes",
        "no": "NO",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description="The worked example: Đắk Nông 2023.")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi")
    parser.add_argument("--store", metavar="STORE", help="keep the records, as dak-nong.db; in memory unless given")
    options = parser.parse_args()
    clock = Clock()
    with Tracker(options.store, clock=clock) as tracker:
        record_year(tracker, clock)
        for line in report(tracker, options.lang):
            print(line)


def report(tracker: Tracker, lang: Lang) -> Iterator[str]:
    """The whole report, line by line."""
    words = WORDS[lang]
    plan = tracker.plan(PLAN, on=CUT_OFF)
    yield words["notice"]
    yield from section(plan.state.title)
    yield f"  {plan.progress().text(lang)}"
    yield f"  {plan.progress().basis(lang)}"
    yield from section(f"{len(plan.state.domains)} {words['domains']}")
    yield from domains(plan, lang)
    yield from section(words["rates"])
    yield from rates(plan, lang)
    yield from section(words["overdue"])
    for activity in plan.overdue():
        yield from why(activity, lang)
    yield from section(words["midyear"])
    yield from midyear(tracker, lang)
    yield from section(f"{words['balance']} {day(ADOPTED, lang)} – {day(CUT_OFF, lang)}")
    yield from balance(plan, lang)
    yield from section(words["evidence"])
    yield from table((a.code, a.title) for a in plan.without_evidence())
    yield from section(words["figures"])
    yield from figures(tracker.indicators(PLAN, on=CUT_OFF), lang)
    yield from section(comparison(tracker, plan, lang))
    yield f"  {summary(tracker, lang)}"


def section(title: str) -> Iterator[str]:
    yield from ("", title)


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell; the last as it is."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  " + "  ".join([*cells, row[-1]])


def domains(plan: Plan, lang: Lang) -> Iterator[str]:
    progress = plan.progress_by("domain")
    yield from table((domain.code, progress[domain.code].text(lang), domain.title) for domain in plan.state.domains)


def rates(plan: Plan, lang: Lang) -> Iterator[str]:
    rows = []
    for letter, rule in zip("ABC", CountingRule, strict=True):
        progress = plan.progress(rule)
        left_out = ", ".join(f"{count} {reason.label(lang)}" for reason, count in progress.excluded.items())
        rows.append(
            (
                letter,
                progress.text(lang),
                rule.label(lang),
                f"({WORDS[lang]['left out']}: {left_out})" if left_out else "",
            )
        )
    yield from (line.rstrip() for line in table(rows))


def why(activity: Activity, lang: Lang) -> Iterator[str]:
    """An overdue activity, and the records that make it so, on both clocks."""
    yield f"  {activity.code}  {activity.title}"
    late, status = time_left(-activity.days_overdue, lang), activity.status.label(lang)
    yield f"        {activity.lead}; {activity.deadline.text}: {late}; {status}"
    for record in activity.because:
        yield f"        · {cited(record, lang)}"


def cited(record: Record[Any], lang: Lang) -> str:
    """A record in one line: what, on which day, recorded when and by whom."""
    on = getattr(record.event, "on", None)
    recorded = day(record.recorded_at.astimezone(HA_NOI_TIME).date(), lang)
    when = f"{day(on, lang)}, " if on else ""
    name = f"{record.stream.partition('/')[2]} {happened(record.event, Language(lang))}"
    return f"{name}: {when}{WORDS[lang]['recorded']} {recorded} ({record.by})"


def midyear(tracker: Tracker, lang: Lang) -> Iterator[str]:
    """One question, asked on two days: neither answer overwrites the other."""
    words = WORDS[lang]
    instant = end_of(MIDYEAR)
    then, now = tracker.plan(PLAN, on=MIDYEAR, known_at=instant), tracker.plan(PLAN, on=MIDYEAR)
    yield from table((words[name], plan.progress().text(lang)) for name, plan in (("then", then), ("today", now)))
    changed = {
        activity
        for activity, counted in {*then.progress().counted} ^ {*now.progress().counted}
        if counted is Counted.COMPLETED
    }
    records = [
        record
        for stream in sorted(changed)
        for record in tracker.log.history(stream)
        if record.recorded_at > instant and getattr(record.event, "on", MIDYEAR) <= MIDYEAR
    ]
    yield f"  {words['difference'].format(len(records))}"
    yield from (f"    · {cited(record, lang)}" for record in records[:6])


def end_of(on: date) -> datetime:
    return at(on + timedelta(days=1)).replace(hour=0) - timedelta(microseconds=1)


def balance(plan: Plan, lang: Lang) -> Iterator[str]:
    """What came in is what stands at the end."""
    found = plan.balance(ADOPTED)
    sides = [
        " + ".join(f"{count} {kind.label(lang)}" for kind, count in side.items() if count)
        for side in (found.entries, found.outcomes)
    ]
    yield f"  {sides[0]} = {sides[1]}"


def figures(indicators: Iterable[Indicator], lang: Lang) -> Iterator[str]:
    rows = []
    for indicator in indicators:
        checks = [f"{'✓' if result.holds else '✗'} {result.figures(lang)}" for result in indicator.checks]
        if indicator.percent_difference is not None:
            checks.append(f"{'✓' if not indicator.percent_difference else '✗'} {indicator.percent(lang)}")
        reported = indicator.reading.reported_text if indicator.reading else ""
        rows.append((reported, indicator.text(lang), "  ".join(checks)))
    yield from (line.rstrip() for line in table(rows))


def comparison(tracker: Tracker, plan: Plan, lang: Lang) -> str:
    """The figures of the plan, published and derived."""
    progress = plan.progress()
    published = {indicator.name: indicator.reading for indicator in tracker.indicators(PLAN, on=CUT_OFF)}
    done = published["da-trien-khai"]
    same = (
        done is not None
        and (done.part, done.whole) == (progress.completed, progress.total)
        and [reading.value for name in ("linh-vuc", "hoat-dong") if (reading := published[name])]
        == [len(plan.state.domains), progress.total]
    )
    words = WORDS[lang]
    return words["derived"].format(
        len(plan.state.domains), len(plan.activities), progress.text(lang), words["yes" if same else "no"]
    )


def summary(tracker: Tracker, lang: Lang) -> str:
    records = list(tracker.log.records())
    late = sum(
        record.recorded_at.astimezone(HA_NOI_TIME).date() > getattr(record.event, "on", date.max) for record in records
    )
    retracted = sum(not hasattr(record.event, "on") for record in records)
    return WORDS[lang]["log"].format(
        *(number(count, lang) for count in (len(records), tracker.log.position(), late, retracted))
    )


if __name__ == "__main__":
    main()
