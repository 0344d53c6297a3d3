"""What happened is told once, together, and cards are sent while somebody waits for them."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event
from sqlmodel import select

from elite8.core.domain.credit import EntryKind
from elite8.core.domain.notice import Notice
from elite8.core.domain.video import VideoStatus
from elite8.core.errors import Elite8Error, RateLimited, Refused, Unavailable
from elite8.core.notify import telegram as notify
from elite8.core.operations import decisions, desk, news, notices, purse, tasks
from elite8.core.simulators.telegram import SIMULATED_TOKEN, TelegramSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import notices as kept
from elite8.core.storage import videos
from elite8.core.studio import Studio
from tests.bot.chatting import GROUP, ME, decided, finished, unapproving, waiting


@pytest.fixture
def telegram(clock: Any) -> TelegramSimulator:
    made = TelegramSimulator(clock=clock)
    made.say("/start", chat=ME)
    made.say("/start", chat=GROUP)
    return made


@pytest.fixture
def told(studio: Studio, telegram: TelegramSimulator) -> Studio:
    return replace(decided(studio), transport=Transport(telegram.handle))


@pytest.fixture
def asked(telegram: TelegramSimulator, studio: Studio) -> Studio:
    """A studio where every post waits for an approval, and only cards are told."""
    ready = replace(decided(studio, kinds=("approval",)), transport=Transport(telegram.handle))
    unapproving(ready)
    return ready


def rows(studio: Studio) -> list[Notice]:
    with studio.database.transaction() as session:
        return list(session.exec(select(Notice).order_by(Notice.id)))


def test_videos_that_are_made_are_told_once_and_together(
    told: Studio, clock: Any, tmp_path: Path
) -> None:
    for number in range(13):
        finished(told, tmp_path, title=f"number {number}")
    news.gather(told)
    news.gather(told)
    (one,) = rows(told)
    assert (one.kind, one.title) == ("video", "13 videos are made")
    assert one.words.splitlines()[0] == "miyuki: number 0 (15 s)"
    assert one.words.splitlines()[-1] == "and 3 more"
    finished(told, tmp_path)
    clock.advance(minutes=5)
    news.gather(told)
    assert len(rows(told)) == 1
    clock.advance(minutes=11)
    news.gather(told)
    assert [each.title for each in rows(told)][1:] == ["a video is made"]


def test_a_failure_is_told_once_and_the_next_try_anew(
    told: Studio, clock: Any, tmp_path: Path
) -> None:
    video = finished(told, tmp_path, status=VideoStatus.FAILED, failure="no space left", tries=1)
    news.gather(told)
    news.gather(told)
    (one,) = rows(told)
    assert (one.kind, one.severity, one.title) == ("failure", "warning", "a video failed")
    assert "miyuki: no space left" in one.words
    clock.advance(minutes=30)
    with told.database.transaction() as session:
        row = videos.get(session, video.id)
        assert row
        row.tries, row.begun_at = 2, clock()
    news.gather(told)
    assert len(rows(told)) == 2


def test_what_is_long_over_is_no_news(told: Studio, clock: Any, tmp_path: Path) -> None:
    finished(told, tmp_path)
    clock.advance(hours=13)
    news.gather(told)
    assert rows(told) == []


def test_kinds_that_are_off_are_not_told(studio: Studio, tmp_path: Path) -> None:
    quiet = decided(studio, kinds=("alert",))
    unapproving(quiet)
    waiting(quiet, tmp_path)
    news.gather(quiet)
    assert rows(quiet) == []


def test_a_post_that_waits_for_approval_is_shown_with_its_clip(
    asked: Studio, telegram: TelegramSimulator, tmp_path: Path
) -> None:
    post = waiting(asked, tmp_path)
    tasks.watch(asked)
    tasks.watch(asked)
    cards = [one for one in telegram.messages if not one.person]
    assert [one.chat for one in cards] == [ME, GROUP]
    assert {one.media for one in cards} == {cards[0].media}
    assert cards[0].media.startswith("video")
    assert cards[0].buttons == ["Approve", "Reject"]
    assert "Miyuki Sakura on youtube" in cards[0].text
    data = cards[0].keys[0][0]["callback_data"]
    assert len(data.encode()) <= 64
    assert data.startswith(f"ap:{post.id}:")


def test_words_too_long_to_stand_beside_a_clip_come_whole_before_it(
    asked: Studio, telegram: TelegramSimulator, tmp_path: Path
) -> None:
    caption = f"{'rain on the roof ' * 110}and the last word"
    waiting(asked, tmp_path, "instagram", caption=caption)
    tasks.watch(asked)
    whole, card = (one for one in telegram.messages if one.chat == ME and not one.person)
    assert caption in whole.text
    assert card.buttons == ["Approve", "Reject"]


def test_what_was_changed_is_shown_anew(
    asked: Studio, telegram: TelegramSimulator, tmp_path: Path
) -> None:
    waiting(asked, tmp_path)
    tasks.watch(asked)
    video = tmp_path.glob("*.mp4").__next__().stem
    desk.order(asked, video, ["youtube"], desk.Wish(caption="other words"))
    tasks.watch(asked)
    texts = [one.text for one in telegram.messages if one.chat == ME and not one.person]
    assert ["other words" in text for text in texts] == [False, True]


def test_a_card_that_nobody_waits_for_is_not_sent(
    asked: Studio, telegram: TelegramSimulator, tmp_path: Path
) -> None:
    post = waiting(asked, tmp_path)
    news.gather(asked)
    desk.approve(asked, post.id)
    assert [one.why for one in notices.deliver(asked)] == [""]
    assert [one for one in telegram.messages if not one.person] == []


def test_many_that_wait_are_no_flood(asked: Studio, tmp_path: Path) -> None:
    for _ in range(20):
        waiting(asked, tmp_path)
    news.gather(asked)
    news.gather(asked)
    assert [bool(one.about) for one in rows(asked)] == [True, True, True, False]
    assert rows(asked)[-1].title == "17 more posts wait for approval"


def test_at_night_cards_wait(asked: Studio, clock: Any, tmp_path: Path) -> None:
    clock.advance(hours=6)  # midnight in Tokyo
    waiting(asked, tmp_path)
    news.gather(asked)
    (one,) = rows(asked)
    assert one.due_at - clock() == timedelta(hours=7)


@pytest.mark.parametrize(("gone", "media"), [(("mp4",), "photo"), (("mp4", "jpg"), "")])
def test_a_card_without_its_clip(
    asked: Studio, telegram: TelegramSimulator, tmp_path: Path, gone: tuple[str, ...], media: str
) -> None:
    waiting(asked, tmp_path)
    for ending in gone:
        next(tmp_path.glob(f"*.{ending}")).unlink()
    tasks.watch(asked)
    cards = [one for one in telegram.messages if not one.person]
    assert len(cards) == 2
    assert {one.media.split("-")[0] for one in cards} == {media}
    assert cards[0].buttons == ["Approve", "Reject"]


def test_a_card_says_whose_it_is_and_what_it_promotes(
    asked: Studio, clock: Any, tmp_path: Path
) -> None:
    from elite8.core.domain.account import new_account
    from elite8.core.storage import accounts

    waiting(asked, tmp_path, promotes="own")
    (card,) = decisions.pending(asked)
    assert "by nobody: sign in first" in card.words
    assert "promotes: own" in card.words
    account = new_account(now=clock(), network="youtube", handle="UC1", name="Eight")
    with asked.database.transaction() as session:
        accounts.keep(session, account)
    (anew,) = decisions.pending(asked)
    assert "by Eight" in anew.words
    assert anew.about != card.about
    assert decisions.card_of(asked, card.about) is None


def test_a_post_of_a_performer_who_left_is_not_asked_about(asked: Studio, tmp_path: Path) -> None:
    post = waiting(asked, tmp_path)
    (card,) = decisions.pending(asked)
    roster = asked.config.roster
    rest = tuple(one for one in roster.characters if one.id != "miyuki")
    vars(asked.config)["roster"] = roster.model_copy(update={"characters": rest})
    assert decisions.pending(asked) == ()
    with pytest.raises(Refused, match="changed since it was shown"):
        decisions.reject(asked, card.about)
    assert desk.named(asked, post.id)[0].status == "waiting"


def test_credits_that_last_are_no_news(told: Studio, clock: Any) -> None:
    with told.database.transaction() as session:
        purse.enter(session, clock(), EntryKind.OPENING, 100_000, "opening")
    news.credits_end(told)
    news.credits_end(decided(told, kinds=("alert",)))
    assert rows(told) == []


def test_that_credits_end_is_said_once_a_day(told: Studio, clock: Any) -> None:
    news.credits_end(told)
    assert rows(told) == []
    with told.database.transaction() as session:
        purse.enter(session, clock(), EntryKind.OPENING, 400, "opening")
        for number in range(70):
            purse.enter(session, clock(), EntryKind.SETTLE, -1, f"{number}")
    news.credits_end(told)
    news.credits_end(told)
    (one,) = rows(told)
    assert one.kind == "credits"
    assert one.title.startswith("credits end ")
    assert "330 are free, at 10 videos a day" in one.words
    clock.advance(days=1)
    news.credits_end(told)
    assert len(rows(told)) == 2


def test_what_is_old_is_forgotten(told: Studio, clock: Any, tmp_path: Path) -> None:
    finished(told, tmp_path)
    news.gather(told)
    with told.database.transaction() as session:
        kept.forget(session, clock() + timedelta(days=1))
        names = kept.untold(session, "video", ["x:0"])
    assert rows(told) == []
    assert names == {"x:0"}


def test_the_cli_approves_as_before(told: Studio, tmp_path: Path) -> None:
    unapproving(told)
    post = waiting(told, tmp_path)
    with pytest.raises(Refused, match="was changed since it was shown"):
        desk.approve(told, post.id, "f" * 32)
    assert desk.approve(told, post.id).approved_sha256
    assert decisions.pending(told) == ()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", RateLimited), ("500", Unavailable), ("lost-before", Unavailable)],
)
def test_a_card_that_is_not_taken_waits(
    told: Studio, telegram: TelegramSimulator, tmp_path: Path, fault: str, kind: type[Elite8Error]
) -> None:
    unapproving(told)
    waiting(told, tmp_path)
    (card,) = decisions.pending(told)
    telegram.misbehave(fault, at="sendVideo")
    one = notify_of(told)
    with pytest.raises(kind) as trouble:
        notify.send(told.settings, (ME,), one, told.transport, card)
    assert SIMULATED_TOKEN not in str(trouble.value)
    if isinstance(trouble.value, RateLimited):
        assert trouble.value.retry_after == 3
    notify.send(told.settings, (ME,), one, told.transport, card)
    assert telegram.messages[-1].buttons == ["Approve", "Reject"]


def notify_of(studio: Studio) -> Notice:
    facts = {"kind": "approval", "severity": "warning", "title": "t", "words": "w"}
    from elite8.core.domain.notice import new_notice

    return new_notice(at=studio.clock(), route="telegram", **facts)


def test_a_clip_that_went_meanwhile_is_refused(told: Studio, tmp_path: Path) -> None:
    unapproving(told)
    waiting(told, tmp_path)
    (card,) = decisions.pending(told)
    assert card.clip
    card.clip.unlink()
    with pytest.raises(Refused, match="cannot be read"):
        notify.send(told.settings, (ME,), notify_of(told), told.transport, card)


def test_a_group_that_moved_is_said(studio: Studio) -> None:
    import httpx

    def moved(_request: httpx.Request) -> httpx.Response:
        said = {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded",
        }
        return httpx.Response(400, json={**said, "parameters": {"migrate_to_chat_id": -1005}})

    there = replace(decided(studio), transport=httpx.MockTransport(moved))
    with pytest.raises(Refused, match="another id, -1005"):
        notify.send(there.settings, (GROUP,), notify_of(there), there.transport)


def test_a_token_of_another_bot_is_not_said(studio: Studio, telegram: TelegramSimulator) -> None:
    there = replace(decided(studio), transport=Transport(telegram.handle))
    settings = there.settings.model_copy(update={"telegram_token": SecretStr("5:canary-token")})
    with pytest.raises(Elite8Error) as trouble:
        notify.send(settings, (ME,), notify_of(there), there.transport)
    assert "canary" not in json.dumps(str(trouble.value))


def test_however_many_films_there_are_news_ask_with_the_same_statement(
    told: Studio, clock: Any, tmp_path: Path
) -> None:
    asked: set[str] = set()
    event.listen(
        told.database.engine,
        "before_cursor_execute",
        lambda _line, _cursor, words, *_: asked.add(words),
    )
    for number in range(3):
        finished(told, tmp_path, title=f"number {number}")
        news.gather(told)
        clock.advance(minutes=16)
    assert len([words for words in asked if "FROM told" in words]) == 1
