"""The questions that people ask are answered shortly, each with the page that says more."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/faq.md"


def test_each_answer_is_short_and_leads_on() -> None:
    """In five lines of prose at most, beside code, with a link."""
    _, *answers = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(answers) >= 20
    for answer in answers:
        question, _, rest = answer.partition("\n")
        prose = re.sub(r"```.*?```|^## .*$", "", rest, flags=re.DOTALL | re.MULTILINE).strip()
        assert question.endswith("?")
        assert 1 <= len(prose.splitlines()) <= 5, question
        assert re.search(r"\]\([\w/-]+\.md", prose), question
