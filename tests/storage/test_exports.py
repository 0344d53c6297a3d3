"""An export comes in, again, and goes out on SQLite as on PostgreSQL."""

from pathlib import Path

from pydantic import SecretStr
from sqlmodel import select

from elite8.core.config import Config
from elite8.core.domain.subscriber import Subscriber, SubscriberEvent, Subscription
from elite8.core.operations.taking_in import Order, take
from elite8.core.operations.undoing import undo
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from tests.storage.conftest import NOW

EVENTS = """platform,platform_user_id,handle,type,occurred_at,amount,currency,event_id,content_id
fanvue,u1,anna,tip,2026-11-01T10:00:00Z,5.00,USD,,film-1
fanvue,u1,anna,tip,2026-11-01T10:00:00Z,5.00,USD,,film-1
fanvue,u2,,sub_renew,2026-11-01T11:00:00Z,9.99,USD,A-1,
fanvue,u2,,sub_renew,2026-11-01T11:00:00Z,8.99,USD,A-1,
"""
STATES = """platform,platform_user_id,status,price,currency,character_id,exported_at,last_seen_at
fanvue,u1,active,9.99,USD,miyuki,2026-11-02T10:00:00Z,2026-11-01T10:00:00Z
fanvue,u1,expired,9.99,USD,miyuki,2026-11-09T10:00:00Z,
"""


FACTS = """platform,platform_user_id,status,character_id,exported_at,birth_year_declared,country
fanvue,u1,active,miyuki,2026-11-0{0}T10:00:00Z,{1},{2}
"""


def opened(url: str, folder: Path) -> Studio:
    settings = Settings(database_url=SecretStr(url), state_dir=folder / "state")
    return Studio(settings=settings, config=Config(settings.config_dir), clock=lambda: NOW)


def test_what_an_export_said_of_somebody_is_taken_back(url: str, tmp_path: Path) -> None:
    studio = opened(url, tmp_path)
    known = []
    for day, told in enumerate([(2010, "US"), (1990, "DE"), (2012, "")], 1):
        (tmp_path / "s.csv").write_text(FACTS.format(day, *told))
        take(studio, Order(file=tmp_path / "s.csv", profile="subscribers"))
        known.append(facts(studio))
    for batch in (3, 1):
        undo(studio, batch)
        known.append(facts(studio))
    assert known == [(2010, "US"), (2010, "DE"), (2012, "DE"), (2010, "DE"), (1990, "DE")]
    studio.database.close()


def facts(studio: Studio) -> tuple[int | None, str]:
    with studio.database.transaction() as session:
        one = session.exec(select(Subscriber)).one()
        return one.birth_year, one.country


def test_an_export_comes_in_once_and_is_taken_back(url: str, tmp_path: Path) -> None:
    studio = opened(url, tmp_path)
    for name, text in (("events", EVENTS), ("subscribers", STATES)):
        (tmp_path / f"{name}.csv").write_text(text)
        order = Order(file=tmp_path / f"{name}.csv", profile=name)
        first, again = take(studio, order), take(studio, order)
        assert (first.entered, again.entered) == ({"events": 3, "subscribers": 2}[name], 0)
        assert first.rejected == again.rejected == (name == "events")
    with studio.database.transaction() as session:
        (now,) = session.exec(select(Subscription)).all()
        events = session.exec(select(SubscriberEvent)).all()
        assert (now.status, now.tier) == ("expired", "other")
        assert {one.at.isoformat() for one in events} == {
            "2026-11-01T10:00:00+00:00",
            "2026-11-01T11:00:00+00:00",
        }
    for batch in (1, 2, 3, 4):
        undo(studio, batch)
    with studio.database.transaction() as session:
        for kind in (Subscription, SubscriberEvent, Subscriber):
            assert session.exec(select(kind)).all() == []
    studio.database.close()
