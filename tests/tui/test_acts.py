"""Every act by its key: it calls the operation of its command, and says what came of it."""

import asyncio
from copy import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from elite8.core.domain.post import Post, PostStatus
from elite8.core.errors import Refused
from elite8.core.operations import alerts, desk, publish, stops
from elite8.core.operations.desk import Wish
from elite8.core.operations.entries import entry
from elite8.core.storage import posts
from elite8.core.studio import Studio
from elite8.tui import doing
from elite8.tui.acts import ACTS, BY_ID
from elite8.tui.app import Console
from elite8.tui.ask import Choice, Form
from elite8.tui.things import Thing, of_entry, of_post
from tests.tui.conftest import asking
from tests.tui.stagehand import console, driven, press, text, toasts, until

HOUR = timedelta(hours=1)


def row(studio: Studio, post: Post) -> Post:
    with studio.database.transaction() as session:
        found = posts.get(session, post.id)
    assert found
    return found


def ordered(
    studio: Studio, *, status: str = "waiting", place: str = "outbox", **facts: Any
) -> Post:
    """A post of the film in an hour, put into a state as the operations would leave it."""
    (post,) = desk.order(studio, "latest", [place], Wish(at=studio.clock() + HOUR))
    if status != "waiting":
        with studio.database.transaction() as session:
            posts.decide(session, post, PostStatus(status), **facts)
    return post


def drive(app: Console, *keys: str, post: Post | None = None) -> tuple[str, str, Console]:
    """Mark a post of the queue, press keys; return what is on the screen and what was said."""

    async def go() -> tuple[str, str]:
        async with driven(app) as pilot:
            await press(pilot, "2")
            if post is not None:
                assert app.pane.list_now().mark_key(post.id)  # type: ignore[union-attr]  # there is one
                await pilot.pause()
            await press(pilot, *keys)
            return text(pilot), toasts(pilot)

    return *asyncio.run(go()), app


CASES: tuple[tuple[str, str, dict[str, Any], tuple[str, ...], str, str], ...] = (
    ("approve", "waiting", {}, ("a", "enter"), "waiting", "elite8 publish approve {id}"),
    (
        "reject",
        "waiting",
        {},
        ("x", "n", "o", "enter"),
        "refused",
        "elite8 publish reject {id} --reason no",
    ),
    ("cancel", "waiting", {}, ("c", "enter"), "refused", "elite8 publish cancel {id}"),
    (
        "publish",
        "waiting",
        {},
        ("p", "enter"),
        "published",
        "elite8 publish {video} --to outbox --in 0s",
    ),
    ("retry", "refused", {"failure": "no"}, ("r", "enter"), "waiting", "elite8 publish retry {id}"),
    ("drop", "waiting", {}, ("d", "enter"), "refused", "elite8 schedule drop {id}"),
    (
        "resolve",
        "uncertain",
        {},
        ("v", "tab", *"https://x.y/1", "enter"),
        "published",
        "elite8 publish resolve {id} published --url https://x.y/1",
    ),
    (
        "resolve",
        "uncertain",
        {},
        ("v", "right", "enter"),
        "waiting",
        "elite8 publish resolve {id} retry",
    ),
)


@pytest.mark.media
@pytest.mark.parametrize(("act", "before", "facts", "keys", "after", "command"), CASES)
def test_a_key_does_what_its_command_does(  # noqa: PLR0913, PLR0917  # a case
    ready: Studio,
    act: str,
    before: str,
    facts: dict[str, Any],
    keys: tuple[str, ...],
    after: str,
    command: str,
) -> None:
    post = ordered(ready, status=before, **facts)
    _, said, app = drive(console(ready), *keys, post=post)
    assert row(ready, post).status == after, said
    wanted = command.format(id=post.id[:14], video=post.video_id[:14])
    assert [deed.command for deed in app.deeds] == [wanted]
    assert BY_ID[act].label in said
    assert not app.deeds[0].outcome.startswith("failed")


def while_asked(app: Console, post: Post, key: str, does: Any, *given: Any) -> str:
    """Press a key on a post, let somebody else do something, then Enter; return what was said."""

    async def go() -> str:
        async with driven(app) as pilot:
            await press(pilot, "2")
            assert app.pane.list_now().mark_key(post.id)  # type: ignore[union-attr]  # there is one
            await pilot.pause()
            await press(pilot, key)
            await asyncio.to_thread(does, *given)
            await press(pilot, "enter")
            return toasts(pilot)

    return asyncio.run(go())


@pytest.mark.media
@pytest.mark.parametrize("verdict", ["rejected", "cancelled"])
def test_what_somebody_took_back_while_the_form_stood_there_is_not_sent(
    ready: Studio, verdict: str
) -> None:
    post = ordered(ready)
    if verdict == "rejected":
        said = while_asked(console(ready), post, "p", desk.reject, ready, post.id, "bad words")
    else:
        said = while_asked(console(ready), post, "p", desk.cancel, ready, post.id)
    assert "Publish now failed meanwhile it is refused; this works when it is waiting" in said
    assert verdict in said
    now = row(ready, post)
    assert (now.status, now.url, now.due_at) == ("refused", "", post.due_at)


@pytest.mark.media
def test_what_was_taken_back_at_the_same_moment_is_not_brought_forward(
    ready: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the console has looked again: only the row itself can tell."""
    post = ordered(ready)
    look = desk.named

    def overtaken(studio: Studio, reference: str) -> Any:
        found = look(studio, reference)
        monkeypatch.setattr(desk, "named", look)
        desk.reject(studio, reference, "bad words")
        return found

    monkeypatch.setattr(desk, "named", overtaken)
    with pytest.raises(Refused):
        desk.bring_forward(ready, post.id)
    assert row(ready, post).failure == "rejected by the operator: bad words"


@pytest.mark.media
def test_an_act_in_its_grace_looks_again_before_it_begins(ready: Studio) -> None:
    graceful = asking(ready, grace_seconds=1)
    post = ordered(ready, status="refused", failure="no")
    app = console(graceful)

    async def go() -> str:
        async with driven(app) as pilot:
            await press(pilot, "2", "r", "enter")
            await asyncio.to_thread(desk.retry, ready, post.id)
            await until(pilot, lambda: bool(app.deeds))
            return toasts(pilot)

    assert "meanwhile it is waiting; this works when it is refused" in asyncio.run(go())


def test_an_alert_that_is_over_is_not_looked_after(alive: Studio) -> None:
    thing = Thing(kind="alert", id="sign-in-broken", name="it", subject="network=myspace")
    with pytest.raises(Refused, match="meanwhile it is over"):
        doing.done(BY_ID["acknowledge"], alive, thing, {}, dry=False)


@pytest.mark.media
def test_an_approval_is_of_what_would_go_out(ready: Studio) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    post = ordered(careful)
    seen, _, _ = drive(console(careful), post=post)
    assert "needs approval" in seen
    drive(console(careful), "a", "enter", post=post)
    assert row(ready, post).approved_sha256


def other_words(studio: Studio, post: Post) -> None:
    desk.order(studio, post.video_id, ["outbox"], Wish(caption="words nobody has seen"))


def other_bytes(studio: Studio, post: Post) -> None:
    Path(publish.finished(studio, post.video_id).path).write_bytes(b"another film")


def rejected(studio: Studio, post: Post) -> None:
    desk.reject(studio, post.id, "not this one")


@pytest.mark.media
@pytest.mark.parametrize(
    ("does", "why"),
    [
        (other_words, "was changed since it was shown; look at it anew"),
        (other_bytes, "was changed since it was made; make it anew"),
        (rejected, "only one that is waiting can be approved"),
    ],
)
def test_an_approval_is_of_what_was_shown_and_as_it_stood_there(
    ready: Studio, does: Any, why: str
) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    post = ordered(careful)
    said = while_asked(console(careful), post, "a", does, careful, post)
    assert "Approve failed" in said
    assert why in said
    assert row(ready, post).approved_sha256 == ""


@pytest.mark.media
def test_a_post_that_was_refused_is_approved_as_it_was_shown(ready: Studio) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    post = ordered(careful, status="refused", failure="no")
    (thing,) = [of_post(one) for one in desk.listed(careful)]
    other_words(careful, post)
    desk.reject(careful, post.id, "")
    with pytest.raises(Refused, match="was changed since it was shown"):
        doing.done(BY_ID["approve"], careful, thing, {}, dry=False)
    drive(console(careful), "a", "enter", post=post)
    assert row(ready, post).status == "waiting"
    assert row(ready, post).approved_sha256


@pytest.mark.media
def test_what_has_to_be_approved_only_now_was_not_shown(ready: Studio) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    post = ordered(ready)
    (thing,) = [of_post(one) for one in desk.listed(ready)]
    assert thing.shown == ""
    with pytest.raises(Refused, match="was not shown as it is now: look anew"):
        doing.done(BY_ID["approve"], careful, thing, {}, dry=False)
    assert row(ready, post).approved_sha256 == ""


@pytest.mark.media
def test_an_approval_in_the_calendar_is_of_what_the_queue_shows(ready: Studio) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    post = ordered(careful)
    app = console(careful)

    async def go() -> None:
        async with driven(app) as pilot:
            assert app.pane.list_now().mark_key(post.id)  # type: ignore[union-attr]  # there is one
            await press(pilot, "a", "enter")

    asyncio.run(go())
    whole = row(ready, post).approved_sha256
    assert whole
    command = f"elite8 publish approve {post.id[:14]} --shown {whole[:32]}"
    assert [deed.command for deed in app.deeds] == [command]


@pytest.mark.media
def test_a_post_is_moved_to_a_wall_time(ready: Studio) -> None:
    post = ordered(ready)
    _, _, app = drive(console(ready), "m", *"2031-12-01 18:30", "enter", post=post)
    assert row(ready, post).wall == "2031-12-01 18:30"
    assert app.deeds[0].command == f"elite8 schedule move {post.id[:14]} --at '2031-12-01 18:30'"


@pytest.mark.media
def test_a_film_is_published(ready: Studio) -> None:
    _, said, app = drive(console(ready), "p", "enter")
    assert "is out:" in said
    assert app.deeds[0].command.endswith("--to outbox --in 0s")


@pytest.mark.media
def test_what_fails_is_said_and_noted(ready: Studio) -> None:
    post = ordered(ready)
    _, said, app = drive(console(ready), "m", *"yesterday", "enter", post=post)
    assert "Move failed" in said
    assert "write --at" in said
    assert app.deeds[0].outcome.startswith("failed")
    assert row(ready, post).due_at == post.due_at


@pytest.mark.media
@pytest.mark.parametrize(
    "keys", [("c", "enter"), ("x", "enter"), ("a", "enter"), ("d", "enter"), ("P", "enter")]
)
def test_a_dry_run_changes_nothing(ready: Studio, keys: tuple[str, ...]) -> None:
    post = ordered(ready)
    before = row(ready, post).model_dump()
    seen, _, app = drive(console(ready, dry=True), *keys, post=post)
    assert "nothing was done" in seen
    assert row(ready, post).model_dump() == before
    assert stops.listed(ready) == ()
    assert app.deeds == ()


@pytest.mark.media
def test_a_dry_run_of_publishing_shows_the_words_and_the_rules(ready: Studio) -> None:
    post = ordered(ready, place="tiktok")
    seen, _, _ = drive(console(ready, dry=True), "p", "enter", post=post)
    assert "rules pass" in seen
    assert row(ready, post).status == "waiting"


@pytest.mark.media
def test_a_dry_run_says_what_would_fail(ready: Studio) -> None:
    post = ordered(ready)
    seen, _, _ = drive(console(ready), "D", "m", *"never", "enter", post=post)
    assert "it would fail" in seen


@pytest.mark.media
def test_within_the_grace_u_takes_it_back(ready: Studio) -> None:
    graceful = asking(ready, grace_seconds=30)
    post = ordered(ready)
    seen, _, _ = drive(console(graceful), "c", "enter", post=post)
    assert "takes it back" in seen
    app = console(graceful)
    _, said, _ = drive(app, "c", "enter", "u", post=post)
    assert "nothing was done" in said
    assert (app.held, app.deeds) == (None, ())
    assert row(ready, post).status == "waiting"


@pytest.mark.media
def test_after_the_grace_it_is_done(ready: Studio) -> None:
    graceful = asking(ready, grace_seconds=1)
    post = ordered(ready)
    app = console(graceful)

    async def go() -> None:
        async with driven(app) as pilot:
            await press(pilot, "2", "c", "enter")
            assert row(ready, post).status == "waiting"
            await until(pilot, lambda: bool(app.deeds))

    asyncio.run(go())
    assert row(ready, post).status == "refused"


def test_the_stop_key_waits_for_nobody_and_is_taken_back_by_u(alive: Studio) -> None:
    graceful = asking(alive, grace_seconds=30)
    _, said, app = drive(console(graceful), "P", "enter")
    assert [one.words for one in stops.listed(alive)] == ["everything"], said
    assert app.deeds[0].command == "elite8 publish pause"
    stops.resume(alive, "all", "", "spread")
    _, said, app = drive(console(alive), "P", "enter", "u")
    assert stops.listed(alive) == ()
    assert [one.command for one in app.deeds] == [
        "elite8 publish resume",
        "elite8 publish pause",
    ]


def anew(studio: Studio, reason: str) -> None:
    """Stop everything as a restore does."""
    with studio.database.transaction() as session:
        stops.stop_all(studio, session, reason)


def test_u_does_not_end_a_stop_that_was_there_before(alive: Studio) -> None:
    anew(alive, "a backup was restored: look first")
    _, said, app = drive(console(alive), "P", "enter", "u")
    assert "everything is stopped already: a backup was restored: look first" in said
    assert "u takes it back" not in said
    assert "nothing is held" in said
    assert [one.command for one in app.deeds] == ["elite8 publish pause"]
    assert len(stops.listed(alive)) == 1


def test_u_does_not_end_a_stop_that_was_made_since(alive: Studio) -> None:
    app = console(alive)

    async def go() -> str:
        async with driven(app) as pilot:
            await press(pilot, "P", "enter")
            await asyncio.to_thread(anew, alive, "a backup was restored")
            await press(pilot, "u")
            return toasts(pilot)

    said = asyncio.run(go())
    assert "everything is stopped; u takes it back" in said
    assert "this was stopped anew since: a backup was restored" in said
    assert len(stops.listed(alive)) == 1


def test_one_network_is_paused_and_goes_on(alive: Studio) -> None:
    keys = ("P", "n", "tab", "t", "tab", *"too hot", "enter")
    _, said, app = drive(console(alive), *keys)
    assert app.deeds[0].command == "elite8 publish pause --network tiktok --reason 'too hot'", said
    assert [(one.scope, one.value) for one in stops.listed(alive)] == [("network", "tiktok")]
    _, said, app = drive(console(alive), "C", "n", "tab", "t", "enter")
    assert stops.listed(alive) == (), said


@pytest.mark.media
def test_who_left_the_roster_while_stopped_goes_on(ready: Studio) -> None:
    stops.stop(ready, "character", "aiko", "")
    config = copy(ready.config)
    rest = tuple(one for one in config.roster.characters if one.id != "aiko")
    vars(config)["roster"] = config.roster.model_copy(update={"characters": rest})
    left = replace(ready, config=config)
    app = console(left)

    async def go() -> str:
        async with driven(app) as pilot:
            await press(pilot, "C", "c", "tab")
            choice = app.screen.query_one("#is-character", Choice)
            choice.choose([name for name, _ in choice.among].index("aiko"))
            await press(pilot, "enter")
            return toasts(pilot)

    said = asyncio.run(go())
    assert [one.command for one in app.deeds] == [
        "elite8 publish resume --character aiko --policy spread"
    ]
    assert stops.listed(ready) == (), said
    left.looking.database.close()


def test_every_act_has_a_key_of_its_own_kind_and_a_sentence() -> None:
    keys = [(one.key, one.kind) for one in ACTS]
    assert len(set(keys)) == len(keys)
    for act in ACTS:
        assert act.says.endswith(".")
        assert act.command.startswith("elite8 ")


@pytest.mark.parametrize("act", [one for one in ACTS if one.means == "operation"])
def test_a_command_is_one_that_the_command_line_takes(act: Any) -> None:
    """The words are parsed by Typer itself; a change of a command breaks this."""
    import shlex

    import typer.main

    from elite8.cli import app as root

    thing = Thing(
        kind=act.kind or "post", id="01K2ZB7QJ0MVX", name="it", network="tiktok",
        video="01K2ZB7QJ0MVY",
        subject="network=tiktok",
    )  # fmt: skip
    answers = {ask.name: ask.default or "x" for ask in act.asks}
    words = shlex.split(act.as_command(thing, answers))[1:]
    command = typer.main.get_command(root)
    context = command.make_context("elite8", list(words), resilient_parsing=False)
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
    assert context.args == []


def test_a_read_only_console_says_why_nothing_works(alive: Studio) -> None:
    seen, said, _ = drive(console(alive, read_only=True), "c")
    assert "Cancel is not possible" in said
    assert "--read-only" in said
    assert "READ ONLY" in seen


def test_a_key_that_does_not_apply_says_why(alive: Studio) -> None:
    _, said, _ = drive(console(alive), "f", "f", "down", "r")
    assert "it is waiting; this works when it is refused" in said


def test_what_was_done_is_listed_and_copied_as_a_command(alive: Studio) -> None:
    app = console(alive)
    seen, said, _ = drive(app, "P", "enter", "H", "y")
    assert "elite8 publish pause" in seen
    assert app.clipboard == "elite8 publish pause"
    assert "Copied" in said


def test_an_alert_is_acknowledged_and_silenced(alive: Studio) -> None:
    """The gravest one is marked first."""

    async def go() -> Console:
        app = console(alive)
        async with driven(app) as pilot:
            await press(pilot, "7", "k", "enter")
            rows = app.pane.list_now()
            assert rows
            assert rows.mark_key("sign-in-broken\nnetwork=tiktok")
            await press(pilot, "s", "tab", *"known", "enter")
        return app

    app = asyncio.run(go())
    (after,) = [one for one in alerts.ringing(alive) if one.rule == "sign-in-broken"]
    assert (after.state, after.silent) == ("acknowledged", True)
    assert [one.command for one in app.deeds] == [
        "elite8 monitor alerts silence sign-in-broken --for 8h --about network=tiktok --why known",
        "elite8 monitor alerts ack sign-in-broken --about network=tiktok",
    ]


def test_what_was_done_stands_in_the_log_as_well(alive: Studio) -> None:
    async def go() -> str:
        async with driven(console(alive)) as pilot:
            await press(pilot, "P", "enter", "8")
            return text(pilot)

    shown = asyncio.run(go())
    assert "elite8 publish pause" in shown
    assert "firing: 1 TikTok account cannot post" in shown


def test_a_rehearsal_runs_as_a_command_of_its_own_and_shows_its_report(alive: Studio) -> None:
    async def go() -> tuple[str, Console]:
        app = console(alive)
        async with driven(app, (120, 40)) as pilot:
            await press(pilot, "R", "end", "backspace", "1", "tab", "left", "enter")
            await until(pilot, lambda: "Rehearse: " in text(pilot))
            return text(pilot), app

    shown, app = asyncio.run(go())
    assert "Rehearse: done" in shown
    assert "are out twice" in shown
    assert app.deeds[0].command == "elite8 schedule rehearse --days 1 --faults none"


def test_what_a_choice_asks_for_is_there_before_the_next_key(alive: Studio) -> None:
    """Who types fast would else answer the question after it."""

    async def go() -> None:
        app = console(alive)
        async with driven(app) as pilot:
            await press(pilot, "P")
            choice = app.screen.query_one("#is-scope", Choice)
            choice.choose([name for name, _ in choice.among].index("network"))
            assert app.screen.query_one("#ask-network").display

    asyncio.run(go())


def test_enter_does_not_overtake_what_was_typed_before_it(alive: Studio) -> None:
    """As when a line over SSH brings many keys at once: a reason and a scope were lost so."""
    from textual import events

    async def go() -> Console:
        app = console(alive)
        async with driven(app) as pilot:
            await press(pilot, "P")
            for key in ("right", "right", "tab", "t", "tab", *"hotx", "backspace", "enter"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await until(pilot, lambda: bool(app.deeds))
        return app

    app = asyncio.run(go())
    command = "elite8 publish pause --network tiktok --reason hot"
    assert [one.command for one in app.deeds] == [command]


@pytest.mark.parametrize("typed_in", [False, True])
def test_a_key_right_after_the_enter_of_a_search_is_no_letter_of_it(
    alive: Studio, *, typed_in: bool
) -> None:
    """In one burst with the search, or with its Enter alone."""
    from textual import events

    async def go() -> tuple[str, str]:
        app = console(alive)
        async with driven(app) as pilot:
            if typed_in:
                await press(pilot, "slash", *"youtube")
            for key in (*(() if typed_in else ("slash", *"youtube")), "enter", "P"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await until(pilot, lambda: isinstance(app.screen, Form))
            line = app.screen_stack[0].query_one("#search", Input)
            return line.value, text(pilot)

    searched, shown = asyncio.run(go())
    assert searched == "youtube"
    assert "everything stops" in shown.lower()


def test_a_sentence_names_networks_as_people_write_them(ready: Studio) -> None:
    thing = of_entry(entry(ordered(ready, place="tiktok"), publish.finished(ready, "latest")))
    assert thing.name.startswith("TikTok post ")
    assert " goes out to TikTok now" in BY_ID["publish"].told(thing, {})
    assert BY_ID["publish"].as_command(thing, {}).endswith("--to tiktok --in 0s")
    film = BY_ID["send"].told(None, {"to": "outbox, x"})
    assert "is ordered for Outbox, X;" in film
    stopped = BY_ID["pause"].told(None, {"scope": "network", "network": "tiktok"})
    assert stopped.startswith("network TikTok stops")


def test_a_form_says_who_by_name(alive: Studio) -> None:
    shown, _, _ = drive(console(alive), "g", "j")
    assert "A video of Jin is made now" in shown
    assert "elite8 generate --character jin" in shown
