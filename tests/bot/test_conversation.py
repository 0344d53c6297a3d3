"""Every command and every button, through python-telegram-bot, against the stand-in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from elite8.bot.commands import COMMANDS, resumes
from elite8.core.domain.attempt import new_stop
from elite8.core.domain.card import LONGEST_DATA
from elite8.core.domain.credit import EntryKind
from elite8.core.domain.post import PostStatus
from elite8.core.operations import desk, purse, stops
from elite8.core.storage import alerts as kept_alerts
from elite8.core.storage import posts, videos
from tests.bot.chatting import ME, Chat, unapproving, uncertain, wait_for, waiting

pytestmark = pytest.mark.enable_socket

QUIET = set(COMMANDS) - {"rehearse"}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_every_command_is_answered(chat: Chat, name: str) -> None:
    found = chat.ask(f"/{name}")
    assert found
    assert all(one.text.strip() for one in found)
    assert "fault" not in found[0].text
    assert chat.record()[-1] == (name, "done")


def test_the_menu_has_every_command_and_so_has_help(chat: Chat) -> None:
    assert chat.telegram.commands == [*COMMANDS]
    said = chat.words("/help")
    assert all(f"/{name} " in said for name in COMMANDS)


def test_status_says_what_is(chat: Chat, tmp_path: Path) -> None:
    waiting(chat.studio, tmp_path)
    stops.stop(chat.studio, "network", "tiktok", "")
    said = chat.words("/status")
    for part in ("Mon 23 Nov 18:", "leads: nobody", "posts: 1 waiting", "videos: 1 finished"):
        assert part in said
    assert "⏸ network tiktok is stopped" in said
    assert "19:00 miyuki youtube waiting" in said


def test_status_says_how_many_wait_for_approval(chat: Chat, tmp_path: Path) -> None:
    assert "to approve" not in chat.words("/status")
    unapproving(chat.studio)
    waiting(chat.studio, tmp_path)
    assert "to approve: 1, see /pending" in chat.words("/status")


def test_credits_and_their_end(chat: Chat) -> None:
    assert chat.words("/credits").startswith("A2E is not used so far")
    with chat.studio.database.transaction() as session:
        purse.enter(session, chat.clock(), EntryKind.OPENING, 400, "opening")
        for number in range(70):
            purse.enter(session, chat.clock(), EntryKind.SETTLE, -1, f"{number}")
    said = chat.words("/credits")
    assert "330 credits are free" in said
    assert "credits end: " in said
    assert "at 10 videos a day" in said
    assert "330 credits are free, 0 held" in chat.words("/budget")


def test_figures_stand_under_each_other(chat: Chat, tmp_path: Path) -> None:
    waiting(chat.studio, tmp_path)
    (told,) = chat.ask("/daily")
    assert "videos: 1 made" in told.text
    box = next(one for one in told.entities if one["type"] == "pre")
    lines = told.text.encode("utf-16-le")[2 * box["offset"] :].decode("utf-16-le").split("\n")
    assert lines[0].index("made") == lines[1].index("1")
    assert lines[1].startswith("miyuki")
    assert told.buttons == ["the day before"]
    chat.tap("the day before")
    assert "Sun 22 Nov" in chat.telegram.messages[-1].text
    chat.ask("/weekly")
    chat.tap("the week before")
    assert "Mon 16 Nov to Sun 22 Nov" in chat.telegram.messages[-1].text


def test_a_performer_and_a_network_are_chosen_by_a_button(chat: Chat, tmp_path: Path) -> None:
    waiting(chat.studio, tmp_path)
    (asked,) = chat.ask("/character")
    assert len(asked.buttons) == 8
    chat.tap("miyuki")
    assert "Mon 23" in chat.telegram.messages[-1].text
    chat.ask("/platform")
    chat.tap("tiktok")
    assert chat.telegram.messages[-1].text == "tiktok did nothing in 7 days"
    assert "no network 'myspace'" in chat.words("/platform myspace")
    assert "no character" in chat.words("/character nobody")


def test_the_calendar_of_a_day_and_of_the_next(chat: Chat, tmp_path: Path) -> None:
    waiting(chat.studio, tmp_path)
    assert "19:00 miyuki youtube waiting" in chat.words("/schedule")
    chat.tap("the day after")
    assert chat.telegram.messages[-1].text == "Tue 24 Nov\nnothing is due then"
    assert "nothing is due" in chat.words("/schedule tomorrow")
    assert "is no day" in chat.words("/schedule someday")


@pytest.mark.parametrize(
    ("written", "scope", "value"),
    [
        ("", "all", ""),
        ("miyuki", "character", "miyuki"),
        ("YouTube", "network", "youtube"),
        ("us", "region", "US"),
    ],
)
def test_what_is_stopped_goes_on_by_a_button_or_in_words(
    chat: Chat, written: str, scope: str, value: str
) -> None:
    (said,) = chat.ask(f"/pause {written}")
    assert "is stopped" in said.text
    (stop,) = stops.listed(chat.studio)
    assert (stop.scope, stop.value) == (scope, value)
    chat.tap(said.buttons[0])
    assert "goes on" in chat.telegram.messages[-1].text
    assert stops.listed(chat.studio) == ()
    chat.tap(said.buttons[0])
    assert "nothing is stopped" in chat.telegram.messages[-1].text
    chat.ask(f"/pause {written}")
    assert "goes on" in chat.words("/resume")
    assert chat.words("/resume") == "nothing is stopped"


def test_a_button_ends_the_stop_it_stood_beside_and_none_since(chat: Chat) -> None:
    (old,) = chat.ask("/pause")
    chat.ask("/resume")
    with chat.studio.database.transaction() as session:
        stops.stop_all(chat.studio, session, "a backup was restored")
    chat.tap_data(old.keys[0][0]["callback_data"], old)
    words = chat.telegram.messages[-1].text
    assert words.startswith("this was stopped anew since: a backup was restored")
    assert chat.record()[-1] == ("do", "refused")
    assert "does not say which stop it was for" in chat.tap_data("do:resume all", old)
    assert chat.record()[-1] == ("do", "refused")
    (second,) = chat.ask("/pause")
    assert "everything is stopped already (a backup was restored)" in second.text
    assert second.buttons == []
    assert len(stops.listed(chat.studio)) == 1


def test_who_left_the_roster_while_stopped_goes_on(chat: Chat) -> None:
    chat.ask("/pause aiko")
    chat.ask("/pause US")
    roster = chat.studio.config.roster
    rest = tuple(one for one in roster.characters if one.id != "aiko")
    changed = roster.model_copy(update={"characters": rest})
    vars(chat.studio.config)["roster"] = changed
    chat.ask("/resume")
    chat.tap("Resume character aiko")
    assert "character aiko goes on" in chat.telegram.messages[-1].text
    assert "is no performer" in chat.words("/resume aiko")
    assert [one.value for one in stops.listed(chat.studio)] == ["US"]


def test_a_button_to_resume_has_room_for_the_longest_name() -> None:
    one = new_stop(at=datetime.now(UTC), scope="character", value="x" * 32, reason="")
    ((button,),) = [resumes(one)]
    assert len(button.data) <= LONGEST_DATA


def test_of_several_stops_one_is_chosen(chat: Chat) -> None:
    chat.ask("/pause miyuki")
    chat.ask("/pause US")
    (asked,) = chat.ask("/resume")
    assert asked.buttons == ["Resume character miyuki", "Resume region US"]
    chat.tap("Resume region US")
    assert [one.value for one in stops.listed(chat.studio)] == ["miyuki"]
    assert "is no performer" in chat.words("/pause godzilla")


def test_restart_is_the_daemons(chat: Chat) -> None:
    assert chat.words("/restart") == "config read; 9 tasks tick anew"
    assert chat.restarts == ["now"]


def test_a_rehearsal_holds_up_nothing(chat: Chat) -> None:
    chat.told = {
        "posts": [{"status": "published"}, {"status": "refused"}],
        "days": [{"late": 1}],
        "duplicates": 0,
        "alerts": [],
        "limits": [["tiktok asks to wait", 3]],
        "advice": ["1 posts are lost: no account"],
    }
    assert chat.ask("/rehearse 3")[0].text == "/rehearse: this takes a moment"
    wait_for(lambda: "1 of 2 posts" in chat.telegram.messages[-1].text)
    assert "to change: 1 posts are lost" in chat.telegram.messages[-1].text
    assert chat.commands == [("schedule", "rehearse", "--days", "3")]
    chat.ask("/rehearse 300")
    wait_for(lambda: "1 to 30" in chat.telegram.messages[-1].text)


def test_a_post_is_approved_once(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    (card,) = chat.ask("/pending")
    assert card.media.startswith("video")
    assert "Approve? Miyuki Sakura on youtube, Mon 23 Nov 19:00 JST" in card.text
    assert "雨の日のダンス" in card.text
    assert card.buttons == ["Approve", "Reject"]
    old = card.keys[0][0]["callback_data"]
    assert "approved: it goes to youtube Mon 23 Nov 19:00" in chat.tap("Approve")
    assert chat.post(post).approved_sha256.startswith(old.rpartition(":")[2])
    assert card.buttons == ["✓ approved by Person 7", "Reject after all"]
    assert "already approved" in chat.tap_data(old, card)
    assert "it goes to youtube" in chat.tap("✓ approved by Person 7")
    assert chat.words("/pending") == "no post waits for approval"


def test_a_post_is_rejected_and_an_old_button_does_not_bring_it_back(
    chat: Chat, tmp_path: Path
) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    (card,) = chat.ask("/pending")
    approve = card.keys[0][0]["callback_data"]
    chat.tap("Approve")
    assert "rejected" in chat.tap("Reject after all")
    assert chat.post(post).status == PostStatus.REFUSED
    assert card.buttons == ["✗ rejected by Person 7"]
    assert "refused: rejected by the operator" in chat.tap_data(approve, card)
    assert chat.post(post).status == PostStatus.REFUSED
    assert chat.record()[-1] == ("ap", "refused")


def test_what_was_changed_is_not_approved(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    chat.ask("/pending")
    known = chat.post(post)
    with chat.studio.database.transaction() as session:
        posts.decide(session, known, PostStatus.WAITING, caption="other words")
    assert "was changed since it was shown" in chat.tap("Approve")
    assert "was changed since it was shown" in chat.tap("Reject")
    assert chat.post(post).approved_sha256 == ""
    (card,) = chat.ask("/pending")
    assert "other words" in card.text
    assert "approved" in chat.tap("Approve")


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_is_not_the_one_made_is_not_approved(
    chat: Chat, tmp_path: Path, *, gone: bool
) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    chat.ask("/pending")
    with chat.studio.database.transaction() as session:
        video = videos.get(session, post.video_id)
    assert video
    file = Path(video.path)
    file.unlink() if gone else file.write_bytes(b"another")
    assert ("cannot be read" if gone else "was changed since it was made") in chat.tap("Approve")
    assert chat.post(post).approved_sha256 == ""


def test_a_hash_that_is_none_of_ours_does_nothing(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    (card,) = chat.ask("/pending")
    for data in (
        f"ap:{post.id}:{'0' * 32}",
        f"ap:{post.id}:",
        f"ap:{post.id}",
        "ap",
        f"ap:{'0' * 26}:{'0' * 32}",
        "xx:what",
        "do:nonsense",
        "🤷" * 16,
    ):
        chat.tap_data(data, card)
    assert chat.post(post).approved_sha256 == ""
    assert chat.post(post).status == PostStatus.WAITING
    assert {outcome for _, outcome in chat.record()[2:]} == {"refused"}


def test_what_is_out_already_is_said(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    chat.ask("/pending")
    with chat.studio.database.transaction() as session:
        row = posts.get(session, post.id)
        assert row
        row.status, row.published_at = PostStatus.PUBLISHED, chat.clock()
    assert "is out since Mon 23 Nov" in chat.tap("Approve")
    assert "is out since Mon 23 Nov" in chat.tap("Reject")


def test_without_its_clip_a_cover_is_shown_and_without_that_words(
    chat: Chat, tmp_path: Path
) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    with chat.studio.database.transaction() as session:
        video = videos.get(session, post.video_id)
    assert video
    Path(video.path).unlink()
    assert chat.ask("/pending")[0].media.startswith("photo")
    Path(video.cover).unlink()
    (card,) = chat.ask("/pending")
    assert (card.media, card.buttons) == ("", ["Approve", "Reject"])


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("It is out", "Yes, I saw it there", PostStatus.PUBLISHED),
        ("Send it anew", "Yes, it is not there: send it", PostStatus.WAITING),
    ],
)
def test_a_doubt_is_settled_by_two_taps(
    chat: Chat, tmp_path: Path, first: str, second: str, status: PostStatus
) -> None:
    post = uncertain(chat.studio, tmp_path, chat.clock())
    (asked,) = chat.ask("/uncertain")
    assert "miyuki on youtube: is it out?" in asked.text
    assert chat.tap(first) == "Sure? Tap once more."
    assert chat.post(post).status == PostStatus.UNCERTAIN
    assert asked.buttons == [second, "No"]
    assert chat.tap("No") == "nothing was changed"
    assert asked.buttons == ["It is out", "Send it anew"]
    chat.tap(first)
    sure = asked.keys[0][0]["callback_data"]
    assert "youtube post is" in chat.tap(second)
    assert chat.post(post).status == status
    chat.tap_data(sure, asked)
    assert chat.record()[-1][1] == "refused"
    assert chat.post(post).status == status
    assert chat.words("/uncertain") == "no post is uncertain"
    assert len(asked.buttons) == 1
    assert chat.tap(asked.buttons[0])


def test_a_doubt_of_an_earlier_try_is_not_settled(chat: Chat, tmp_path: Path) -> None:
    post = uncertain(chat.studio, tmp_path, chat.clock())
    chat.ask("/uncertain")
    chat.tap("It is out")
    with chat.studio.database.transaction() as session:
        row = posts.get(session, post.id)
        assert row
        row.remote_handle = "upload-2"
    assert "was tried again since" in chat.tap("Yes, I saw it there")
    assert chat.post(post).status == PostStatus.UNCERTAIN


def ring(chat: Chat) -> None:
    from elite8.core.domain.alert import Alert, AlertState

    with chat.studio.database.transaction() as session:
        kept_alerts.keep(
            session,
            Alert(
                rule="disk-full",
                subject="",
                state=AlertState.FIRING,
                severity="critical",
                since=chat.clock(),
                fired_at=chat.clock(),
                changed_at=chat.clock(),
                value=0.97,
                message="the disk is 97 % full <b>*_",
            ),
        )


def test_an_alert_is_looked_after_by_a_tap(chat: Chat) -> None:
    ring(chat)
    (said,) = chat.ask("/alerts")
    assert "🔴 disk-full" in said.text
    assert "the disk is 97 % full <b>*_, since Mon 23 Nov 18:" in said.text
    data = said.keys[0][0]["callback_data"]
    assert chat.tap("I look after it") == "Person 7 looks after disk-full"
    assert said.buttons == []
    assert chat.tap_data(data, said) == "Person 7 looks after it"
    assert "Person 7 looks after it" in chat.words("/alerts")
    with chat.studio.database.transaction() as session:
        for one in kept_alerts.live(session):
            kept_alerts.drop(session, one)
    assert chat.tap_data(data, said).startswith("this does not ring any more")
    assert chat.words("/alerts") == "nothing rings"


def test_many_come_a_few_at_a_time(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    for _ in range(7):
        waiting(chat.studio, tmp_path)
    found = chat.ask("/pending")
    assert len(found) == 6
    assert found[-1].text == "and 2 more: /pending when these are decided"


HOSTILE = "</b><script>*_[x](y)`~>#+-=|{}.! \\ @all /status &amp; \u202e 雨 👩‍🎤\x1b[31m"


def test_hostile_words_are_only_words(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    waiting(chat.studio, tmp_path, caption=HOSTILE, title=f"<i>{HOSTILE}")
    (card,) = chat.ask("/pending")
    assert "*_[x](y)`~>#+-=|{}.! \\ @all" in card.text
    assert "\x1b" not in card.text
    uncertain(chat.studio, tmp_path, chat.clock())
    assert "is it out?" in chat.words("/uncertain")
    assert chat.words(f"/pause {HOSTILE}").startswith("'</b><script>*_[x](y)")
    assert chat.words("/nonsense*_<b>") == "no command /nonsense*_<b>; /help has them all"
    assert chat.words("hello") == "Write /help: commands are understood, nothing else."


def test_words_too_long_to_stand_beside_a_clip_come_whole_before_it(
    chat: Chat, tmp_path: Path
) -> None:
    unapproving(chat.studio)
    caption = f"{'rain on the roof ' * 110}and the last word"
    waiting(chat.studio, tmp_path, "instagram", caption=caption)
    whole, card = chat.ask("/pending")
    assert caption in whole.text
    assert not whole.keys
    assert card.media
    assert card.buttons == ["Approve", "Reject"]


def test_a_caption_as_long_as_a_network_takes_fits(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    waiting(chat.studio, tmp_path, caption="雨の日 👩‍🎤 " * 400)
    _, card = chat.ask("/pending")
    assert card.text.endswith("…")
    assert "approved" in chat.tap("Approve")


def test_a_long_calendar_is_cut_and_comes_in_several_messages(chat: Chat, tmp_path: Path) -> None:
    for _ in range(60):
        post = waiting(chat.studio, tmp_path)
        desk.reject(chat.studio, post.id, "雨" * 200)
    found = chat.ask("/schedule")
    assert len(found) > 1
    assert "and 20 more" in found[-1].text
    assert found[0].buttons == []
    assert found[-1].buttons == ["the day after"]


def test_what_is_ours_is_said_in_one_chat_only(chat: Chat) -> None:
    chat.ask("/status")
    assert {one.chat for one in chat.telegram.messages} == {ME}
