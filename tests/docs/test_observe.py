"""What can be observed is what the code says."""

import ast
import re
from pathlib import Path

import reformtrack

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "observe.md"
LEVELS = {"debug", "info", "warning", "error", "exception", "_log"}


def messages() -> set[str]:
    """Each text that is logged: the first argument of a logger's methods, and of `_log`, where it stands there."""
    texts = (path.read_text(encoding="utf-8") for path in Path(reformtrack.__file__).parent.rglob("*.py"))
    trees = (ast.parse(text) for text in texts if re.search(rf"\.({'|'.join(LEVELS)})\(", text))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    said = (call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS)
    return {text.value for text in said if isinstance(text, ast.Constant) and isinstance(text.value, str)}


def test_every_message_of_the_log_is_on_the_page() -> None:
    """In the words in which it is logged."""
    logged = messages()
    assert {"recorded", "record refused", "subscription has another state"} <= logged
    page = PAGE.read_text(encoding="utf-8")
    assert set() == {message for message in logged if f"| {message}" not in page}
