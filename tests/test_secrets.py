"""A secret never shows: in no error, its traceback, a repr or a log, whatever fails."""

import logging
import traceback
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from reformtrack import ReformtrackError, Tracker
from reformtrack.cli import main
from reformtrack.outbox.webhook import Webhook
from reformtrack.protection import Protection
from reformtrack.store.patience import patience
from tests.support import EVENT, adopted

WORD = "hunter2-Bi-Mat"
KEY = b"k3y-that-nobody-may-see-anywhere"
TEXT = b64encode(KEY).decode()
WRONG = b64encode(KEY[:-1]).decode()
OTHER = bytes(32)
ENV = {
    "PERSISTENCE_MODULE": "eventsourcing.sqlite",
    "SQLITE_DBNAME": ":memory:",
    "CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher",
}


def forms(secret: bytes) -> list[str]:
    """How a secret may be written."""
    return [secret.decode(), b64encode(secret).decode().rstrip("="), secret.hex(), str(list(secret))[1:-1]]


SECRETS = [WORD, *forms(KEY), WRONG.rstrip("=")]


def shown(error: BaseException) -> str:
    """All that an error says, with what it came from."""
    return "".join([str(error), repr(error), repr(error.args), *traceback.format_exception(error)])


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


URLS = [
    "postgresql://u:{}@localhost:1/db?connect_timeout=1",
    "postgresql://u:{}@no-such-host.invalid/db?connect_timeout=1",
    "postgresql://u:{}@/db?host=/nowhere&connect_timeout=1",
    "postgresql://u:{}@localhost:nonsense/db",
    "postgresql://u:a@{}@localhost:1/db",
    "postgresql://u:a/{}@localhost:1/db",
    "postgresql://u:a#{}@localhost:1/db",
    "postgresql://u:a?{}@localhost:1/db",
    "postgresql://u:{}/a@localhost:1/db",
    "postgresql://u:{}?a@localhost:1/db",
    "postgresql://u:[{}@localhost:1/db",
    "postgresql://u:{}/db?connect_timeout=1",
    "postgresql:/u:{}@localhost/db",
    "postgresql:///db?password={}&host=/nowhere&connect_timeout=1",
    "postgresql://u@localhost:1/db?password={}&no_such=1",
    "mysql://u:{}@localhost/db",
    "sqlite://u:{}@localhost/db",
    "sqlite:///db?key={}",
    "sqlite:///host=localhost password={}",
    "host=localhost dbname=db user=u password={}",
    "hostaddr=127.0.0.1 passfile='{}'",
    "password = {}",
    "PGPASSWORD={}",
    "PGPASSWORD={} postgresql://localhost/db",
    "jdbc:postgresql://localhost/db?user=u&password={}",
    "postgres ://u:{}@localhost/db",
    "{}://u@localhost/db",
    "postgresql://localhost:1/db;password={}?connect_timeout=1",
    "localhost/db?password={}",
    "u:{}@localhost/db",
    "Server=localhost;Database=db;Uid=u;Pwd={}",
]


@pytest.mark.parametrize("url", URLS)
def test_a_password_in_a_url_that_opens_nothing_never_shows(
    url: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also one with the characters that part a URL, which nobody quoted; nor does it become the name of a file."""
    monkeypatch.chdir(tmp_path)
    with patience(0.2), pytest.raises((ReformtrackError, OSError)) as raised:
        Tracker(url.format(WORD))
    with patience(0.2):
        assert 0 != main(["plan", "p", "--store", url.format(WORD)])
        assert 0 != main(["init", "--store", url.format(WORD)])
    if "://" not in url:
        with pytest.raises(ReformtrackError):
            Tracker(Path(url.format(WORD)))

    assert [] == list(tmp_path.rglob("*"))
    assert WORD not in shown(raised.value)
    assert WORD not in caplog.text
    assert WORD not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "name", ["plans.db", "kế hoạch 2023.db", "a@b.db", "report=1.db", "x/passwords.db", "C:\\a@b.db"]
)
def test_a_name_of_a_file_is_taken(name: str, tmp_path: Path) -> None:
    """Whatever is in it that is in no address of a database."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    with Tracker(path) as tracker:
        tracker.record(adopted(), by="tester")
    with Tracker(f"sqlite:///{path}") as tracker:
        assert 1 == tracker.log.position()


def test_a_password_that_would_be_taken_for_a_database_never_shows(server: str) -> None:
    """A slash in it ends the hosts: the server itself would name the rest."""
    with pytest.raises(ReformtrackError, match="%2F for /") as raised:
        Tracker(server.replace("/postgres?", f"/{WORD}@localhost/db?"))
    assert WORD not in shown(raised.value)


WRONG_KEYS: dict[str, Callable[[], object]] = {
    "no master key": lambda: Protection(Tracker(), WRONG),
    "a master key that is no base64": lambda: Protection(Tracker(), f"{TEXT}é"),
    "a master key in another form": lambda: Protection(Tracker(), KEY.hex()),
    "a long cipher key": lambda: Tracker(cipher_keys=[KEY + b"x"]),
    "one cipher key, no list": lambda: Tracker(cipher_keys=TEXT),
    "a cipher key of eventsourcing's": lambda: Tracker(env={**ENV, "CIPHER_KEY": WRONG}),
    "a webhook's secret": lambda: Webhook("https://h.example", [TEXT]),
    "a short webhook's secret": lambda: Webhook("https://h.example", [f"whsec_{b64encode(KEY[:20]).decode()}"]),
    "a webhook's address": lambda: Webhook(f"https://u:{WORD}@h.example", [f"whsec_{TEXT}"]),
    "a webhook's whole address": lambda: Webhook(f"{WORD}://h", [f"whsec_{TEXT}"]),
}


@pytest.mark.parametrize("failing", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_a_key_that_is_refused_never_shows(failing: Callable[[], object], caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ReformtrackError) as raised:
        failing()
    assert [] == [secret for secret in SECRETS if secret in shown(raised.value) + caplog.text]


def test_keys_that_are_not_those_of_the_store_never_show(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """When the store is opened, and when a record is read."""
    with Tracker(url, cipher_keys=[KEY]) as tracker:
        protection = Protection(tracker, KEY)
        tracker.record(adopted(title=protection.protect("nv-1", WORD)), by="tester")
        told = [repr(protection), repr(vars(protection))]
        told += [repr(tracker), repr(vars(tracker)), repr(vars(tracker._store)), repr(tracker.plan("p"))]
    for keys in (None, [OTHER], [KEY]):
        with pytest.raises(ReformtrackError) as raised:
            Protection(Tracker(url, cipher_keys=keys), OTHER)
        told.append(shown(raised.value))
    with Tracker(url, cipher_keys=[OTHER[:31] + b"x", KEY]) as tracker:
        told.append("".join(map(repr, tracker.log.records())))

    assert [] == [secret for secret in SECRETS if secret in "".join(told) + caplog.text]


def test_a_webhook_that_cannot_be_reached_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    hook = Webhook("http://localhost:1/hook", [f"whsec_{TEXT}"])
    with pytest.raises(Exception, match="ConnectError") as raised:
        hook(EVENT)
    told = shown(raised.value) + repr(hook) + repr(vars(hook).keys()) + caplog.text
    assert [] == [secret for secret in SECRETS if secret in told]
