"""Who came and who went in a week: subscriptions and followers, on the line and on the page."""

from datetime import date, datetime, timedelta

from elite8.cli import following, monitor
from elite8.core.domain.follower import new_count
from elite8.core.domain.subscriber import Act
from elite8.core.operations import board, comings, overview, reports
from elite8.core.places import mark
from elite8.core.studio import Studio
from elite8.web.view import View
from tests.conftest import StoppedClock
from tests.subscribed import event, subscriber

MONDAY = date(2026, 11, 16)


def count(studio: Studio, at: datetime, followers: int | None) -> None:
    with studio.database.transaction() as session:
        session.add(
            new_count(at=at, network="line", account_id=None, source="insight", followers=followers)
        )


def test_a_week_tells_who_came_and_went(studio: Studio, clock: StoppedClock) -> None:
    begins = reports.midnight(studio, MONDAY)
    clock.now = begins + timedelta(days=7, hours=9)
    with studio.database.transaction() as session:
        who = subscriber(session, "ann")
        for act, day in ((Act.SUB_START, 1), (Act.SUB_EXPIRE, 6), (Act.SUB_EXPIRE, 8)):
            event(session, who, act, begins + timedelta(days=day, hours=-1))
    count(studio, begins - timedelta(hours=3), 1200)
    count(studio, begins + timedelta(days=6, hours=20), 1188)
    count(studio, begins + timedelta(days=7, hours=3), 1300)

    week = reports.with_people(studio, reports.period(studio, "weekly", MONDAY))
    assert week.subscribers == comings.Comings(began=1, ended=1, turned_off=0, failed=0)
    assert week.followers == comings.Followers(accounts=1, count=1188, known=1, new=-12)
    assert [*monitor.came_and_went(week)] == [
        ("subscriptions", "+1 -1", "0 turned renewal off, 0 payments failed"),
        ("followers", "1,188", "-12 in this time"),
    ]
    told = {"subscribers": {"began": 1, "ended": 1, "turned_off": 0}, "followers": None}
    assert [*reports.people(told)] == ["subscriptions: 1 began, 1 ended, 0 turned renewal off"]

    now = overview.overview(studio)
    assert following.counted(now.followers) == "1,300, +100 in a week"
    assert board.board(studio).followers == now.followers


def test_what_nobody_counted_is_unknown(studio: Studio, clock: StoppedClock) -> None:
    count(studio, clock() - timedelta(days=3), 500)
    count(studio, clock(), None)
    found = overview.overview(studio)
    assert (found.followers, found.seed) == (None, None)
    assert following.counted(found.followers) == "unknown"
    empty = reports.with_people(studio, reports.period(studio, "daily", MONDAY))
    assert [*monitor.came_and_went(empty)] == []


def test_a_synthetic_studio_says_so_to_whoever_looks(studio: Studio) -> None:
    mark(studio.settings.state_dir, 8, "2026-11-23")
    assert View(board.board(studio), "").board.seed == 8
    assert ("studio", "synthetic, seed 8") in monitor.now_rows(overview.overview(studio))
