"""What happened is entered once: readings as what is more, files by their rows, wrong rows told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from elite8.core.domain.event import EventKind, FunnelEvent
from elite8.core.domain.post import new_post
from elite8.core.domain.reading import new_reading
from elite8.core.errors import ConfigError
from elite8.core.operations import funnel, imports, links, rounds
from elite8.core.operations.gather import entries, gather
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.operations.funnelled import COLUMNS, live

AT = datetime(2026, 11, 20, tzinfo=UTC)
NOON = "2026-11-22T12:00:00+09:00"


def every(studio: Studio, kind: str = "") -> list[FunnelEvent]:
    asked = select(FunnelEvent).order_by(col(FunnelEvent.id))
    with studio.database.transaction() as session:
        return [one for one in session.exec(asked) if not kind or one.kind == kind]


def read(studio: Studio, post: str, hours: float, **counts: int | None) -> None:
    at = studio.clock() - timedelta(hours=hours)
    with studio.database.transaction() as session:
        session.add(new_reading(at=at, post_id=post, **counts))


@pytest.fixture
def post(studio: Studio) -> str:
    """The one post of a studio; its own readings are entered."""
    found = live(studio, posts=1).posts[0]
    gather(studio)
    return found


def test_the_sum_of_what_was_entered_is_what_the_newest_reading_says(
    studio: Studio, post: str
) -> None:
    for hours, views, likes in ((9, 5000, 40), (8, 4990, 44), (7, None, 50), (6, 7000, None)):
        read(studio, post, hours, views=views, likes=likes, shares=2)
        gather(studio)
    assert sum(one.count for one in every(studio, "view")) == 7000
    assert sum(one.count for one in every(studio, "engagement")) == 2


def test_gathering_again_or_late_readings_change_nothing(studio: Studio, post: str) -> None:
    read(studio, post, 9, views=5000)
    assert gather(studio) == 1
    before = len(every(studio))
    assert gather(studio) == 0
    read(studio, post, 20, views=100)
    assert gather(studio) == 1
    assert sum(one.count for one in every(studio, "view")) == 5000
    assert len(every(studio)) == before + 1
    assert gather(studio) == 0


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 10**12)), max_size=4), max_size=4))
def test_however_readings_are_gathered_together_the_sum_is_the_last(
    looks: list[list[int | None]],
) -> None:
    post = new_post(now=AT, video_id="v", platform="youtube", due_at=AT)
    total, at, hour = 0, AT, 0
    for look in looks:
        fresh = []
        for views in look:
            hour += 1
            when = AT + timedelta(hours=hour)
            fresh.append((new_reading(at=when, post_id=post.id, views=views), post))
        found = list(entries(fresh, {(post.id, "view"): (total, at)}, {}))
        total += sum(one.count for one in found)
        at = max([at, *(one.at for one in found)])
    known = [views for look in looks for views in look if views is not None]
    assert total == (known[-1] if known else 0)


def test_an_event_knows_where_its_post_stands(studio: Studio, post: str) -> None:
    found = every(studio)[0].origin
    assert (found.stage, found.region, found.network) == ("awareness", "US", "tiktok")
    assert (found.character, found.post) == ("miyuki", post)


def test_the_measuring_task_gathers(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    live(studio, posts=2)
    monkeypatch.setattr("elite8.core.operations.measure.run", lambda _: ())
    monkeypatch.setattr("elite8.core.storage.readings.due", lambda *_, **__: [1])
    rounds.measure(studio)
    assert every(studio, "view")


# files


@pytest.fixture
def bring(studio: Studio, tmp_path: Path) -> Callable[..., imports.Imported]:
    def enter(*rows: str, name: str = "a.csv", columns: str = COLUMNS, **more: object) -> object:
        file = tmp_path / name
        head = [columns] if name.endswith(".csv") else []
        file.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
        return imports.bring_in(studio, file, **more)  # type: ignore[arg-type]  # zone, dry_run

    return enter  # type: ignore[return-value]  # it is one


def money(**cells: str) -> str:
    known = {"at": NOON, "person": "ann", "amount": "9.99", "currency": "USD", **cells}
    return ",".join(
        known.get(name, "money" if name == "kind" else "") for name in COLUMNS.split(",")
    )


def test_a_file_entered_again_or_grown_adds_only_what_is_new(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    rows = [money(event_id="1"), money(event_id="2"), f"lead,{NOON},ann,,,,,,"]
    assert bring(*rows).entered == 3
    again = bring(*rows, money(event_id="3"))
    assert (again.entered, again.known, again.rejected) == (1, 3, ())
    assert len(every(studio, "money")) == 3


def test_two_just_equal_tips_are_two_however_often_they_are_entered(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    tip = money()
    assert bring(tip, tip).entered == 2
    assert bring(tip, tip).entered == 0
    assert bring(tip, tip, tip).entered == 1
    assert len(every(studio, "money")) == 3


def test_a_file_is_entered_in_pieces_and_is_whole_all_the_same(
    studio: Studio, bring: Callable[..., imports.Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    monkeypatch.setattr("elite8.core.operations.gather.AT_ONCE", 2)
    rows = [money(event_id=str(number % 4)) for number in range(7)]
    clash = money(event_id="1", amount="5")
    dry = bring(*rows, clash, dry_run=True)
    assert (dry.entered, dry.known, len(dry.rejected)) == (4, 3, 1)
    found = bring(*rows, clash)
    assert (found.entered, found.known, len(found.rejected)) == (4, 3, 1)
    live(studio, posts=2)
    assert gather(studio) == 12
    assert gather(studio) == 0


def test_an_id_is_a_platforms_own(bring: Callable[..., imports.Imported]) -> None:
    assert bring(money(event_id="1", platform="fanvue"), money(event_id="1")).entered == 2


def test_an_event_is_never_changed(studio: Studio, bring: Callable[..., imports.Imported]) -> None:
    bring(money(event_id="1"))
    found = bring(money(event_id="1", amount="19.99"))
    assert found.entered == 0
    assert "entered before with another amount" in found.rejected[0].why
    assert [one.amount_minor for one in every(studio, "money")] == [999]


WRONG = (
    ({"kind": "munny"}, "kind: 'munny' is none; choose view"),
    ({"at": "yesterday"}, "no time"),
    ({"at": "2026-11-22T12:00:00"}, "has no zone"),
    ({"at": "2026-12-24T12:00:00Z"}, "yet to come"),
    ({"at": "1990-01-01T00:00:00Z"}, "too long ago"),
    ({"amount": ""}, "needs amount"),
    ({"amount": "9.999"}, "more digits than USD"),
    ({"amount": '"9,99"'}, "not an amount"),
    ({"currency": "EURO"}, "no currency 'EURO' in ISO 4217"),
    ({"currency": ""}, "no currency '' in ISO 4217"),
    ({"refund_of": "1"}, "paid back is negative"),
    ({"kind": "lead"}, "a lead has no amount"),
    ({"link": "zzzzzzzz"}, "no link 'zzzzzzzz'"),
    ({"person": "a\x1b[31m"}, "steer a terminal"),
    ({"person": "x" * 2001}, "2000 letters"),
    ({"refund_of": "1,,,,"}, "too many cells"),
)


def test_wrong_rows_are_told_and_kept_beside_and_touch_no_other(
    studio: Studio, bring: Callable[..., imports.Imported], tmp_path: Path
) -> None:
    rows = [money(**cells) for cells, _ in WRONG]
    found = bring(money(event_id="1"), *rows, money(event_id="2"))
    assert found.entered == 2
    assert [one.line for one in found.rejected] == [*range(3, 3 + len(WRONG))]
    place = tmp_path / "a.rejected.csv"
    assert found.quarantine == place
    assert place.stat().st_mode & 0o777 == 0o600
    kept = place.read_text(encoding="utf-8").replace('""', '"')
    for one, (_, why) in zip(found.rejected, WRONG, strict=True):
        assert why in one.why
        assert why in kept
    assert len(every(studio, "money")) == 2


def test_what_was_left_out_is_mended_in_its_own_file(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    place = bring(money(amount="9.9.9", event_id="7")).quarantine
    assert place
    place.write_text(place.read_text(encoding="utf-8").replace("9.9.9", "9.99", 1))
    assert imports.bring_in(studio, place).entered == 1
    assert imports.bring_in(studio, place).entered == 0


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "kind;at\nlead;x\n", "semicolons"),
        ("a.csv", "kind,att\nlead,x\n", "did you mean 'at'"),
        ("a.csv", "kind,person\nlead,x\n", "no column 'at'"),
        ("a.csv", "kind,at,at\nlead,x,y\n", "'at' twice"),
        ("a.csv", 'kind,at\n"lead,x\n', "not CSV"),
        ("a.xls", "x", "write .csv or .jsonl"),
        ("gone.csv", "", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_whole(
    studio: Studio, tmp_path: Path, name: str, text: str, why: str
) -> None:
    if text:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=why):
        imports.bring_in(studio, tmp_path / name)


def test_japanese_windows_text_is_refused_with_what_to_do(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("kind,at,person\nlead,x,雨\n".encode("cp932"))
    with pytest.raises(ConfigError, match="iconv -f CP932"):
        imports.bring_in(studio, tmp_path / "a.csv")


def test_lines_of_json_are_rows_too(
    studio: Studio, bring: Callable[..., imports.Imported], tmp_path: Path
) -> None:
    good = f'{{"kind": "money", "at": "{NOON}", "amount": 0.29, "currency": "USD", "person": null}}'
    found = bring(good, "{", "[1]", '{"kind": "lead", "at": [1]}', name="a.jsonl")
    assert (found.entered, [one.line for one in found.rejected]) == (1, [2, 3, 4])
    assert [one.amount_minor for one in every(studio, "money")] == [29]
    assert (tmp_path / "a.rejected.jsonl").exists()


def test_a_dry_run_writes_nothing(
    studio: Studio, bring: Callable[..., imports.Imported], tmp_path: Path
) -> None:
    found = bring(money(), money(kind="x"), dry_run=True)
    assert (found.entered, len(found.rejected), found.quarantine) == (1, 1, None)
    assert every(studio) == []
    assert [one.name for one in tmp_path.glob("*.rejected*")] == []


def test_times_without_a_zone_are_in_the_one_that_is_said(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    bring(money(at="2026-11-22T12:00:00"), zone="Asia/Tokyo")
    assert every(studio)[0].at.isoformat() == "2026-11-22T03:00:00+00:00"
    with pytest.raises(ConfigError, match="no time zone"):
        bring(money(), zone="Asia/Tokio")


def test_a_person_is_kept_as_a_pseudonym_alone(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    bring(money(person="Ann@example.com", platform="Fanvue", event_id="ann-1"))
    kept = every(studio)[0]
    file = studio.settings.state_dir / "keys" / "people.salt"
    salt = file.read_bytes()
    assert kept.person == imports.pseudonym(salt, "fanvue", "ANN@example.com")
    assert kept.person != imports.pseudonym(salt, "line", "ann@example.com")
    assert studio.database.file
    raw = b"".join(f.read_bytes() for f in studio.database.file.parent.glob("elite8.db*"))
    assert b"example.com" not in raw
    assert b"ann-1" not in raw
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept.person != imports.pseudonym(b"x" * 32, "fanvue", "ann@example.com")
    file.unlink()
    with pytest.raises(ConfigError, match="who is who: restore it from a backup"):
        bring(money(person="Ann@example.com", platform="Fanvue", event_id="ann-2"))
    assert [one.person for one in every(studio)] == [kept.person]


def test_a_click_from_a_link_is_counted_by_the_redirect_alone(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    code = links.create(studio, links.Wish(target="https://example.com/")).code
    bring(
        f"click,{NOON},ann,,https://go.example.net/l/{code.upper()},,,,", f"click,{NOON},bo,,,,,,"
    )
    assert sorted(one.count for one in every(studio, "click")) == [0, 1]


def test_a_row_that_contradicts_its_link_is_wrong(
    studio: Studio, bring: Callable[..., imports.Imported]
) -> None:
    wish = links.Wish(target="https://example.com/", region="us", network="instagram")
    code = links.create(studio, wish).code
    columns = "kind,at,link,region,character"
    found = bring(f"lead,{NOON},{code},JP,", f"lead,{NOON},{code},US,hana", columns=columns)
    assert "JP here, but US by its link" in found.rejected[0].why
    (event,) = every(studio, "lead")
    assert (event.region, event.network, event.character_id) == ("US", "instagram", "hana")


def test_what_nobody_counts_is_unknown_and_what_is_counted_is_nothing(
    studio: Studio, clock: StoppedClock, bring: Callable[..., imports.Imported]
) -> None:
    shown = funnel.show(studio, funnel.period(studio))
    assert {step.count for step in shown.groups[0].steps} == {None}
    assert len(shown.notes) == 3
    bring(money(person=""))
    clock.advance(days=60)
    shown = funnel.show(studio, funnel.period(studio))
    assert {step.kind: step.count for step in shown.groups[0].steps}[EventKind.MONEY] == 0


@pytest.mark.parametrize(("days", "since"), [(0, ""), (5000, ""), (28, "2027-01-01")])
def test_a_time_that_is_none_is_refused(studio: Studio, days: int, since: str) -> None:
    from elite8.cli.funnel import period

    with pytest.raises(ConfigError):
        period(studio, days, since, "")


def test_days_are_of_the_operators_zone_and_through_a_clock_change(studio: Studio) -> None:
    from elite8.cli.funnel import period

    settings = studio.settings.model_copy(update={"time_zone": "Europe/Berlin"})
    found = period(replace(studio, settings=settings), None, "2026-10-25", "2026-10-25")
    assert found.until - found.since == timedelta(hours=25)
