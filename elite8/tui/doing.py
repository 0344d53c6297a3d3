"""The acts themselves: each calls the operation that its command calls and says what came of it.

They run in a thread; the core is imported when one is done.
"""

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from elite8.tui import said
from elite8.tui.things import Thing, of_post

if TYPE_CHECKING:
    from elite8.core.domain.post import Post
    from elite8.core.studio import Studio
    from elite8.tui.acts import Act

Answers = Mapping[str, str]
SCOPES = ("all", "character", "network", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an act. `undo`: answers that take back just this, `None` when nothing can."""

    says: str
    undo: Answers | None = None


def done(
    act: "Act",
    studio: "Studio",
    thing: Thing | None,
    answers: Answers,
    dry: bool,  # noqa: FBT001  # as it was when decided
) -> Done:
    """Do an act, or only try it; whatever its operation refuses is its error.

    While a form stood there, or the grace ran, somebody else may have decided: looked at again.
    """
    about = thing or Thing(kind="post", id="", name="")
    if thing and act.states:
        check_state(act, afresh(studio, thing))
    if act.does is None:
        raise RuntimeError(f"{act.id} has no operation")
    if dry and act.dry:
        return Done(says=act.dry(studio, about, answers))
    found = act.does(studio.drafting if dry else studio, about, answers)
    return found if isinstance(found, Done) else Done(says=found)


def check_state(act: "Act", thing: Thing) -> None:
    """Refuse what an act cannot be done about as it is now."""
    from elite8.core.errors import Refused

    if why := act.why_not(thing):
        raise Refused(f"meanwhile {why}{f' ({thing.failure})' if thing.failure else ''}")


def afresh(studio: "Studio", thing: Thing) -> Thing:
    """Return a post, a film or an alert as it is now; an alert that is gone is "over"."""
    if thing.kind == "post":
        from elite8.core.operations import desk, queue

        return of_post(queue.shown(studio, *desk.named(studio, thing.id)))
    if thing.kind == "film":
        from elite8.core.operations import library

        return replace(thing, status=library.find(studio, thing.id).status)
    if thing.kind == "alert":
        from elite8.core.operations import alerts

        known = alerts.ringing(studio, everything=True)
        found = [one.state for one in known if (one.rule, one.subject) == (thing.id, thing.subject)]
        return replace(thing, status=next(iter(found), "over"))
    return thing


def called(post: "Post") -> str:
    """Return what a post is called in an answer."""
    return f"{said.network(post.platform)} post {post.id[:14]}"


def approve(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Let exactly what was shown go out, as it stood there."""
    from elite8.core.domain.post import PostStatus
    from elite8.core.errors import Refused
    from elite8.core.operations import desk

    if not thing.shown and afresh(studio, thing).shown:
        raise Refused(
            f"{thing.name} was not shown as it is now: look anew, or with 'elite8 publish show "
            f"{thing.short}'"
        )
    waits = thing.status in ("needs approval", "waiting")
    seen = PostStatus.WAITING if waits else PostStatus(thing.status)
    post = desk.approve(studio, thing.id, thing.shown, seen)
    return f"{called(post)} is approved and goes out when it is due"


def reject(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Keep it from going out."""
    from elite8.core.operations import desk

    return f"{called(desk.reject(studio, thing.id, answers.get('reason', '')))} is rejected"


def cancel(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Take it back."""
    from elite8.core.operations import desk

    return f"{called(desk.cancel(studio, thing.id))} does not go out; retry brings it back"


def retry(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Have it tried again."""
    from elite8.core.operations import desk

    return f"{called(desk.retry(studio, thing.id))} is due again: the daemon takes it up"


def resolve(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Record what was seen."""
    from elite8.core.operations import desk

    verdict = answers["verdict"]
    post = desk.resolve(studio, thing.id, verdict, answers.get("url", ""))
    return f"{called(post)} is {'published' if verdict == 'published' else 'due again'}"


def publish(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Send a post now that still waits."""
    from elite8.core.operations import desk
    from elite8.core.operations import publish as operation

    post, video = desk.bring_forward(studio, thing.id)
    return sentence(operation.out(studio, post, video).url, called(post))


def sentence(url: str, name: str) -> str:
    """Return where a post is."""
    return f"{name} is out: {url}" if url else f"{name} waits its turn"


def publish_dry(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Say what would go out, and what the rules say."""
    return words_and_rules(studio, thing.video, thing.network)


def send(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Order posts of a film; what is due goes out, one's trouble touches no other."""
    from elite8.core.errors import Elite8Error
    from elite8.core.operations import desk
    from elite8.core.operations import publish as operation

    video, told = operation.finished(studio, thing.id), []
    wish = desk.Wish(at=studio.clock())
    for post in desk.order(studio, video.id, places(answers), wish):
        try:
            told.append(sentence(operation.out(studio, post, video).url, called(post)))
        except Elite8Error as trouble:
            told.append(f"{said.network(post.platform)}: {trouble}")
    return "\n".join(told)


def send_dry(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Say what would go out at each place."""
    return "\n\n".join(words_and_rules(studio, thing.id, place) for place in places(answers))


def places(answers: Answers) -> list[str]:
    """Return the destinations that were named."""
    from elite8.core.domain.destination import chosen
    from elite8.core.errors import ConfigError

    found = [name.strip() for name in answers.get("to", "").split(",") if name.strip()]
    if not found:
        raise ConfigError(f"say where to: {chosen()}; commas between")
    return list(dict.fromkeys(found))


def words_and_rules(studio: "Studio", video: str, network: str) -> str:
    """Return the words that would go out, and what the rules say to them."""
    from elite8.core.operations import publish as operation

    found = operation.check(studio, video, network)
    blocks = [f"✗ {one.rule}: {one.reason}" for one in found if one.verdict == "block"]
    passed = sum(one.verdict == "pass" for one in found)
    words = operation.preview(studio, video, network).wording.caption
    head = f"{said.network(network)}: {passed} of {len(found)} rules pass"
    return "\n".join([head, *blocks, "", words])


def move(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Put it at another time."""
    from elite8.core.operations import agenda

    found = agenda.move(studio, thing.id, answers.get("at", ""), answers.get("zone", ""))
    when = found.at.astimezone(studio.settings.zone)
    return f"{said.network(found.network)} post {found.post[:14]} goes out {when:%a %d %b %H:%M %Z}"


def drop(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Take it out of the calendar."""
    from elite8.core.operations import agenda

    found = agenda.drop(studio, thing.id)
    return f"{said.network(found.network)} post {found.post[:14]} is dropped; retry brings it back"


def acknowledge(studio: "Studio", thing: Thing, _: Answers) -> str:
    """Say that somebody looks after it."""
    from elite8.core.operations import alerts

    found = alerts.acknowledge(studio, thing.id, thing.subject, getpass.getuser())
    return f"{thing.name} is acknowledged by {found[0].acknowledged_by}"


def silence(studio: "Studio", thing: Thing, answers: Answers) -> str:
    """Tell nobody for a while."""
    from elite8.core.domain.wall import length
    from elite8.core.errors import ConfigError
    from elite8.core.operations import alerts

    try:
        lasts = length(answers.get("for", ""))
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None
    until = alerts.hush(studio, thing.id, thing.subject, lasts, answers.get("why", ""))
    when = until.astimezone(studio.settings.zone)
    return f"nobody is told of {thing.name} until {when:%a %d %b %H:%M %Z}"


def pause(studio: "Studio", _: Thing, answers: Answers) -> Done:
    """Stop what is due of this scope; a stop that was there already is not ours to take back."""
    from elite8.core.operations import stops

    found, new = stops.stop(studio, *scope(answers), answers.get("reason", ""))
    if new:
        return Done(says=f"{found.words} is stopped", undo={**answers, "mark": found.mark})
    why = f": {found.reason}" if found.reason else ""
    return Done(says=f"{found.words} is stopped already{why}")


def resume(studio: "Studio", _: Thing, answers: Answers) -> str:
    """Go on, without a burst; what takes a pause back ends that one and no other."""
    from elite8.core.operations import stops

    policy = answers.get("policy") or studio.config.publishing.resume
    spread, skipped = stops.resume(studio, *scope(answers), policy, answers.get("mark", ""))
    follow = f"{spread} missed post{' follows' if spread == 1 else 's follow one after the other'}"
    return f"going on; {follow}, {skipped} skipped"


def scope(answers: Answers) -> tuple[str, str]:
    """Return what is meant: one thing, or all."""
    name = answers.get("scope", "all")
    return (name, "") if name == "all" else (name, answers.get(name, "").strip())
