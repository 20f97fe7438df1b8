"""eventsourcing's own tests of a recorder, on ours."""

from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests.persistence import ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
from eventsourcing.utils import Environment

from reformtrack.store.log import URL_KEY
from reformtrack.store.postgres_factory import PostgresLogFactory
from reformtrack.store.sqlite import SQLiteLogFactory


class Recorders:
    """Makes a recorder of each kind for the test cases, which are of unittest."""

    @pytest.fixture(autouse=True)
    def _stores(self, request: pytest.FixtureRequest) -> Any:
        self.factories: list[Any] = []
        self.request = request
        yield
        for factory in self.factories:
            factory.close()

    def new_originator_id(self) -> str:
        return str(uuid4())

    def of_sqlite(self) -> ApplicationRecorder:
        folder = self.request.getfixturevalue("tmp_path")
        return self.made(SQLiteLogFactory(Environment("", {"SQLITE_DBNAME": f"{folder}/{uuid4().hex}.db"})))

    def of_postgres(self) -> ApplicationRecorder:
        url = f"{self.request.getfixturevalue('server')}&schema=s{uuid4().hex}"
        return self.made(PostgresLogFactory(Environment("", {URL_KEY: url})))

    def made(self, factory: Any) -> ApplicationRecorder:
        self.factories.append(factory)
        recorder: ApplicationRecorder = factory.application_recorder()
        return recorder


class TestSQLite(Recorders, ApplicationRecorderTestCase[Any]):
    """The log in a file."""

    INITIAL_VERSION = 1

    def create_recorder(self) -> ApplicationRecorder:
        return self.of_sqlite()


class TestSQLiteOrder(Recorders, NonInterleavingNotificationIDsBaseCase):
    """Positions of one append follow each other."""

    insert_num = 200

    def create_recorder(self) -> ApplicationRecorder:
        return self.of_sqlite()


@pytest.mark.slow
class TestPostgres(Recorders, ApplicationRecorderTestCase[Any]):
    """The log in a schema. A refused append leaves a gap in the sequence."""

    INITIAL_VERSION = 1
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False

    def create_recorder(self) -> ApplicationRecorder:
        return self.of_postgres()


@pytest.mark.slow
class TestPostgresOrder(Recorders, NonInterleavingNotificationIDsBaseCase):
    """Positions of one append follow each other."""

    insert_num = 200

    def create_recorder(self) -> ApplicationRecorder:
        return self.of_postgres()
