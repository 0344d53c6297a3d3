"""Fanvue by its official API: signed in, read page by page, each payment once, nothing leaked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import stamina
from pydantic import SecretStr
from sqlmodel import select

from elite8.cli import fetching
from elite8.core.domain.subscriber import (
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.errors import ConfigError, Elite8Error, Refused, SignInNeeded, Unavailable
from elite8.core.operations import accounts, fanvue_people, taking_in, undoing
from elite8.core.operations.direct import Fetched
from elite8.core.platforms import fanvue
from elite8.core.platforms.fanvue import Fan, Fanvue, Payment, Payments, People
from elite8.core.simulators.fanvue import (
    CLIENT_ID,
    CLIENT_SECRET,
    Creator,
    FanvueSimulator,
    Paid,
    peopled,
)
from elite8.core.simulators.wire import Reply, Request, Transport
from elite8.core.studio import Studio

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Stage:
    """A studio whose Fanvue is simulated, and a creator there."""

    studio: Studio
    there: FanvueSimulator
    creator: Creator
    clock: Any

    def sign_in(self, *characters: str) -> accounts.Listed:
        shown: list[str] = []

        def browse() -> str:
            with httpx.Client(transport=self.studio.transport) as browser:
                return str(browser.get(shown[0]).headers["Location"])

        return accounts.login(
            self.studio,
            "fanvue",
            characters=characters,
            regions=(),
            show=shown.append,
            paste=browse,
        )

    def fetch(self, **how: Any) -> Fetched:
        return fanvue_people.fetch(self.studio, step=lambda _words, _share: None, **how)

    def rows(self, kind: Any) -> list[Any]:
        with self.studio.database.transaction() as session:
            return list(session.exec(select(kind)))


@pytest.fixture
def signed_out(studio: Studio, clock: Any) -> Iterator[Stage]:
    there = FanvueSimulator(clock=clock)
    creator = there.add(Creator(uuid="c-1", handle="miyuki.ai"))
    settings = studio.settings.model_copy(
        update={
            "fanvue_client_id": CLIENT_ID,
            "fanvue_client_secret": SecretStr(CLIENT_SECRET),
            "fanvue_url": "http://127.0.0.1",
        }
    )
    opened = replace(
        studio,
        settings=settings,
        transport=Transport(there.handle),
        pause=lambda seconds: clock.advance(seconds=seconds),
    )
    stamina.set_testing(True, attempts=2, cap=True)
    yield Stage(studio=opened, there=there, creator=creator, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert there.violations == []


@pytest.fixture
def stage(signed_out: Stage) -> Stage:
    signed_out.sign_in("miyuki")
    return signed_out


def many(stage: Stage, count: int, *, follow: int = 0) -> None:
    """Have so many subscribe and pay, each once, and some follow."""
    stage.creator.subscribers = {f"fan-{n}": f"handle{n}" for n in range(count)}
    stage.creator.followers = {f"follower-{n}": f"other{n}" for n in range(follow)}
    stage.creator.earnings = [
        Paid(
            at=NOVEMBER + timedelta(hours=n), gross=999, net=799, source="subscription",
            fan=f"fan-{n}",
        )
        for n in range(count)
    ]  # fmt: skip


def test_the_sign_in_proves_itself_and_asks_for_reading_alone(signed_out: Stage) -> None:
    listed = signed_out.sign_in("miyuki")
    assert (listed.network, listed.name, listed.handle) == ("fanvue", "miyuki.ai", "c-1")
    consent = next(one for one in signed_out.there.asked if one.path == "/oauth2/auth")
    assert consent.query["code_challenge_method"] == "S256"
    assert set(consent.query["scope"].split()) == {*fanvue.SYSTEM, *fanvue.SCOPES}
    assert "write" not in consent.query["scope"]
    assert CLIENT_SECRET not in str(consent.query)
    (standing,) = accounts.status(signed_out.studio)
    assert standing.missing == ()


def test_an_app_without_the_scopes_is_told_at_sign_in(signed_out: Stage) -> None:
    signed_out.there.signing.app_scopes = ("read:self",)
    with pytest.raises(Refused, match="did not sign you in"):
        signed_out.sign_in("miyuki")


def test_everything_is_taken_in_once_with_what_was_paid(stage: Stage) -> None:
    many(stage, 120, follow=60)
    first = stage.fetch()
    assert first.account == "miyuki.ai"
    assert dict(first.kinds) == {"active": 120, "follower": 60, "sub_start": 120}
    assert first.entered == 300
    assert len(stage.rows(Subscriber)) == 180
    event = stage.rows(SubscriberEvent)[0]
    assert (event.amount_minor, event.fee_minor, event.currency) == (999, 200, "USD")
    now = stage.rows(Subscription)
    assert {(one.status, one.price_minor, one.character_id) for one in now} == {
        ("active", 999, "miyuki")
    }
    assert min(one.started_on for one in now) == NOVEMBER.date()
    again = stage.fetch()
    assert (again.entered, again.batch != first.batch) == (0, True)
    assert again.since == stage.rows(ImportBatch)[0].started_at - fanvue_people.AGAIN
    assert len(stage.rows(SubscriptionState)) == 120


def test_two_equal_tips_in_a_second_are_two_and_what_is_paid_back_is_negative(
    stage: Stage,
) -> None:
    tip = Paid(at=NOVEMBER, gross=500, net=400, source="tip", fan="fan-1")
    stage.creator.earnings = [tip, tip, replace(tip, source="message"), replace(tip, fan="")]
    stage.creator.earnings += [replace(tip, source="giveaway"), replace(tip, currency="CREDITS")]
    stage.creator.earnings += [replace(tip, gross=10**15)]
    stage.creator.spending = [replace(tip, source="refund")]
    found = stage.fetch()
    assert dict(found.kinds) == {"ppv": 1, "refund": 1, "tip": 2}
    assert sum(count for _, count in found.left_out) == 4
    back = [one for one in stage.rows(SubscriberEvent) if one.act == "refund"]
    assert [(one.amount_minor, one.fee_minor) for one in back] == [(-500, -100)]
    assert stage.fetch(since="2026-10-01").entered == 0


def test_a_price_that_is_known_is_not_lost_when_nobody_paid_lately(stage: Stage) -> None:
    many(stage, 1)
    stage.fetch()
    stage.creator.earnings = []
    stage.clock.advance(days=3)
    assert stage.fetch().entered == 1  # as of another hour
    (now,) = stage.rows(Subscription)
    assert (now.price_minor, now.started_on) == (999, NOVEMBER.date())


@pytest.mark.parametrize("fault", ["joined", "left"])
def test_a_list_that_changes_under_us_lacks_nobody_who_stays(stage: Stage, fault: str) -> None:
    many(stage, 130)
    before = set(stage.creator.subscribers)
    stage.there.faults.add(fault, "/subscribers", 1)
    stage.fetch()
    stayed = before & set(stage.creator.subscribers)
    active = [one.subscriber_id for one in stage.rows(Subscription) if one.status == "active"]
    assert len(active) == len(set(active))
    assert len(active) == len(before) >= len(stayed) >= 129


def test_what_broke_off_goes_on_in_its_batch(stage: Stage) -> None:
    many(stage, 120)
    stage.there.faults.add("500", "/subscribers", 1)
    with pytest.raises(Elite8Error, match="Fanvue answers 500"):
        stage.fetch()
    (begun,) = stage.rows(ImportBatch)
    assert begun.ended_at is None
    assert len(stage.rows(SubscriberEvent)) == 120
    found = stage.fetch()
    assert (found.batch, found.entered, found.known) == (begun.id, 120, 120)
    assert len(stage.rows(SubscriberEvent)) == 120


@pytest.mark.parametrize(
    ("fault", "times", "error"),
    [
        ("403", 1, "sign-in-needed"),
        ("500", 1, "unavailable"),
        ("429", 9, "rate-limited"),
        ("lost", 9, "unavailable"),
        ("html", 1, "unavailable"),
        ("429", 1, ""),
        ("lost", 1, ""),
        ("token-expired", 1, ""),
    ],
)
@pytest.mark.parametrize("path", ["/insights/earnings", "/subscribers"])
def test_trouble_is_said_in_our_words_and_keeps_what_is_there(
    stage: Stage, fault: str, times: int, error: str, path: str
) -> None:
    many(stage, 3)
    stage.there.faults.add(fault, path, times)
    if not error:
        assert stage.fetch().entered == 6
        return
    with pytest.raises(Elite8Error) as caught:
        stage.fetch()
    assert caught.value.code == error
    assert "fan-1" not in str(caught.value)
    assert "Bearer" not in str(caught.value)
    if error == "sign-in-needed":
        assert "read:insights" in str(caught.value)


def test_a_sign_in_that_is_over_says_how_to_begin_again(stage: Stage) -> None:
    for grant, _ in stage.there.signing._access.values():  # as its owner does there
        grant.revoked = True
    with pytest.raises(SignInNeeded, match="elite8 accounts login fanvue"):
        stage.fetch()


def test_a_hundred_calls_a_minute_are_never_passed(stage: Stage) -> None:
    account = fanvue_people.account_of(stage.studio, "")
    with httpx.Client(transport=stage.studio.transport) as client:
        there = accounts.opened(stage.studio, account, client)
        for _ in range(210):
            assert there.followers() == 0
    asked = [one for one in stage.there.asked if one.path == "/users/me"]
    assert len(asked) == 1 + 210  # the sign-in's, and none twice


def test_a_dry_run_keeps_nothing(stage: Stage) -> None:
    many(stage, 3, follow=2)
    found = stage.fetch(dry_run=True)
    assert (found.batch, found.dry_run) == (None, True)
    assert found.entered >= 3
    assert stage.rows(Subscriber) == stage.rows(ImportBatch) == []


def test_whose_subscribers_they_are_has_to_be_known(signed_out: Stage) -> None:
    with pytest.raises(SignInNeeded, match="nobody is signed in to Fanvue"):
        signed_out.fetch()
    signed_out.sign_in()
    with pytest.raises(ConfigError, match="--character NAME"):
        signed_out.fetch()
    signed_out.sign_in("miyuki")
    with pytest.raises(ConfigError, match="is no day"):
        signed_out.fetch(since="yesterday")
    with pytest.raises(ConfigError, match="is not here yet"):
        signed_out.fetch(since="2031-01-01")


def test_somebody_who_is_no_creator_is_refused(signed_out: Stage) -> None:
    signed_out.creator.is_creator = False
    with pytest.raises(Refused, match="no creator"):
        signed_out.sign_in("miyuki")


def test_no_token_and_no_name_is_in_what_is_shown(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    many(stage, 3, follow=2)
    found = stage.fetch()
    shown = repr(found) + str(fetching.drawn(found)) + capsys.readouterr().out
    tokens = [one.headers.get("authorization", "") for one in stage.there.asked]
    secrets = {word.rpartition(" ")[2] for word in tokens if word}
    assert secrets
    assert not any(secret in shown for secret in secrets)
    assert "handle1" not in shown
    assert "fan-1" not in shown
    assert repr(fanvue.Fan(uuid="u", handle="h")) == "Fan()"


def test_only_an_erased_person_stays_out(stage: Stage) -> None:
    many(stage, 3)
    stage.fetch()
    with stage.studio.database.transaction() as session:
        one = session.exec(select(Subscriber).order_by(Subscriber.id)).first()  # type: ignore[arg-type]  # a column
        assert one
        one.erased_at = stage.clock()
        session.add(one)
    stage.clock.advance(hours=1)
    found = stage.fetch(since="2026-10-01")
    assert found.erased == 2  # a payment and a subscription
    assert found.kinds


def test_payments_that_came_by_a_file_are_not_counted_again(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "e.csv"
    file.write_text(
        "platform,platform_user_id,type,occurred_at,amount,currency,character_id\n"
        "fanvue,fan-1,tip,2026-11-01T10:00:00Z,5.00,USD,miyuki\n",
        encoding="utf-8",
    )
    taking_in.take(stage.studio, taking_in.Order(file=file, profile="events"))
    with pytest.raises(ConfigError, match="--since 2026-11-02"):
        stage.fetch()
    many(stage, 2)
    assert stage.fetch(since="2026-11-03").entered == 2


def between_pages(stage: Stage, then: Callable[[], object]) -> Stage:
    """Return a stage on which `then` happens between two pages of payments that are walked.

    It has a connection of its own, as another process would.
    """
    pages = 0

    def handle(request: Request) -> Reply:
        nonlocal pages
        answer = stage.there.handle(request)
        if request.path == "/insights/earnings":
            pages += 1
            if pages == 2:
                then()
        return answer

    return replace(stage, studio=replace(stage.studio, transport=Transport(handle)))


def test_of_a_file_and_a_walk_at_the_same_moment_one_enters_a_payment(
    stage: Stage, tmp_path: Path
) -> None:
    many(stage, 120)
    hours = (0, 119)  # of either end: one page was entered, the other is being asked for
    file = earnings(tmp_path, *((NOVEMBER + timedelta(hours=n), f"handle{n}") for n in hours))
    order = taking_in.Order(file=file, profile="fanvue_earnings", character="miyuki")
    found: list[taking_in.TakenIn] = []
    walking = between_pages(stage, lambda: found.append(taking_in.take(stage.studio, order)))
    with pytest.raises(ConfigError, match="came by a file"):
        walking.fetch()
    assert [(one.entered, one.rejected) for one in found] == [(1, 1)]
    paid = [one.at for one in stage.rows(SubscriberEvent)]
    assert len(paid) == len(set(paid)) > 1
    undoing.undo(stage.studio, found[0].batch or 0)
    assert stage.fetch().kinds
    assert len(stage.rows(SubscriberEvent)) == 120


def test_another_performers_file_stops_no_walk(stage: Stage, tmp_path: Path) -> None:
    many(stage, 120)
    file = earnings(tmp_path, (NOVEMBER + timedelta(hours=1), "handle1"))
    order = taking_in.Order(file=file, profile="fanvue_earnings", character="airi")
    taking_in.take(stage.studio, order)
    assert stage.fetch().entered == 240


def test_a_walk_that_is_taken_back_meanwhile_ends(stage: Stage) -> None:
    many(stage, 120)
    walking = between_pages(stage, lambda: undoing.undo(stage.studio, 1))
    with pytest.raises(Refused, match="batch 1 was taken back"):
        walking.fetch()
    assert stage.rows(SubscriberEvent) == stage.rows(Subscriber) == []
    stage.fetch()
    assert len(stage.rows(SubscriberEvent)) == 120


HEADER = "Net,Tax,Fanvue Fee,Price,Gross,Invoice Number,Paid At (UTC),Type,Fan Handle"


def earnings(folder: Path, *rows: tuple[datetime, str]) -> Path:
    """Write a CSV of Fanvue's: who paid 9.99 when."""
    file = folder / "earnings.csv"
    lines = [
        f"7.99,0.00,2.00,9.99,9.99,FVE-{at:%Y%m%d}-{n:03},{at:%Y-%m-%d %H:%M:%S},Subscription,{who}"
        for n, (at, who) in enumerate(rows)
    ]
    file.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return file


@pytest.mark.parametrize("character", ["miyuki", ""])
def test_a_file_of_days_that_were_fetched_adds_no_money(
    stage: Stage, tmp_path: Path, character: str
) -> None:
    many(stage, 3)  # at 0, 1 and 2 o'clock
    fetched = stage.fetch()
    before, after = NOVEMBER - timedelta(days=9), stage.clock() - timedelta(hours=1)
    file = earnings(
        tmp_path, (before, "handle0"), (NOVEMBER + timedelta(hours=1), "handle1"), (after, "new")
    )
    order = taking_in.Order(file=file, profile="fanvue_earnings", character=character)
    for dry_run in (True, False, False):
        found = taking_in.take(stage.studio, order, dry_run=dry_run)
        assert (found.rejected, found.reasons) == (2, (("would count twice", 2),))
        assert f"import undo {fetched.batch}" in found.lines[0].why
    assert [one.at for one in stage.rows(SubscriberEvent)][3:] == [before]
    undoing.undo(stage.studio, fetched.batch or 0)
    found = taking_in.take(stage.studio, order)
    assert found.entered == 2
    assert "would count twice" not in dict(found.reasons)


def test_another_performers_file_and_what_costs_nothing_are_taken(
    stage: Stage, tmp_path: Path
) -> None:
    many(stage, 3)
    stage.fetch()
    file = earnings(tmp_path, (NOVEMBER + timedelta(hours=1), "handle1"))
    order = taking_in.Order(file=file, profile="fanvue_earnings", character="airi")
    assert taking_in.take(stage.studio, order).entered == 1
    file = tmp_path / "m.csv"
    file.write_text(
        "platform,handle,type,occurred_at,character_id\n"
        "fanvue,handle1,message_in,2026-11-01T01:00:00Z,miyuki\n",
        encoding="utf-8",
    )
    assert taking_in.take(stage.studio, taking_in.Order(file=file, profile="events")).entered == 1


def test_a_walk_that_broke_off_tells_no_day_after_its_last_payment(
    stage: Stage, tmp_path: Path
) -> None:
    many(stage, 3)
    stage.there.faults.add("500", "/subscribers", 1)
    with pytest.raises(Elite8Error):
        stage.fetch()
    file = earnings(tmp_path, (NOVEMBER + timedelta(days=1), "handle1"), (NOVEMBER, "handle0"))
    found = taking_in.take(
        stage.studio, taking_in.Order(file=file, profile="fanvue_earnings", character="miyuki")
    )
    assert (found.entered, found.rejected) == (1, 1)


def test_the_simulated_creator_s_fans_pay_month_after_month(stage: Stage) -> None:
    stage.there.add(peopled(stage.clock()))
    stage.sign_in("miyuki")
    account = next(one for one in accounts.listed(stage.studio) if one.handle != "c-1")
    first = stage.fetch(account=account.handle)
    kinds = dict(first.kinds)
    assert (kinds["active"], kinds["follower"], kinds["sub_start"]) == (24, 6, 24)
    assert kinds["sub_renew"] > 24
    stage.clock.advance(days=30)
    later = stage.fetch(account=account.handle)
    assert dict(later.kinds)["sub_renew"] >= 24


def test_what_was_paid_in_no_currency_is_left_out_and_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fan = Fan(uuid="fan-1", handle="handle1")
    rows = tuple(
        Payment(at=NOVEMBER, gross=999, net=799, currency=code, source="tip", fan=fan)
        for code in ("EUR", "USDT")
    )
    pages = {"earnings": Payments(rows=rows, cursor=""), "spending": Payments(rows=(), cursor="")}
    monkeypatch.setattr(Fanvue, "payments", lambda _, kind, *__: pages[kind])
    assert stage.fetch().left_out == (("in no currency of ISO 4217 (USDT)", 1),)
    assert [one.currency for one in stage.rows(SubscriberEvent)] == ["EUR"]


def test_a_page_that_leads_to_itself_ends(stage: Stage) -> None:
    many(stage, 120)
    stage.there.faults.add("looped", "/insights/earnings", 2)
    with pytest.raises(Elite8Error, match="same page again"):
        stage.fetch()


def test_pages_that_lead_in_a_circle_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    many(stage, 120)
    circle = {"": "a", "a": "b", "b": "a"}
    asked: list[str] = []

    def payments(_: Fanvue, _kind: str, _since: Any, _until: Any, cursor: str) -> Payments:
        asked.append(cursor)
        assert len(asked) < 9
        return Payments(rows=(), cursor=circle[cursor])

    with monkeypatch.context() as turning:
        turning.setattr(Fanvue, "payments", payments)
        with pytest.raises(Unavailable, match="same page again"):
            stage.fetch()
    assert asked == ["", "a", "b"]
    one = People(fans=(Fan(uuid="fan-1", handle="handle1"),), more=True)
    monkeypatch.setattr(Fanvue, "people", lambda *_: one)
    with pytest.raises(Unavailable, match="same page again"):
        stage.fetch()


@pytest.mark.parametrize(
    ("told", "cents"), [(999, 999), (999.0, 999), (9.99, None), ("999", None), (True, None)]
)
def test_money_is_whole_cents(told: object, cents: int | None) -> None:
    assert fanvue.cents(told) == cents


def test_the_address_of_consent_is_fanvues_own() -> None:
    provider = fanvue.Bases().provider
    assert urlsplit(provider.authorize).hostname == "auth.fanvue.com"
