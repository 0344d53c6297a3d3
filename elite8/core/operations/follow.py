"""Follow a tracked link: where it leads now, by the rules as they are now; a click is entered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from elite8.core import log
from elite8.core.domain.check import UNKNOWN_REGION, Facts
from elite8.core.domain.event import EventKind, EventSource, Origin, new_event
from elite8.core.domain.link import CODE, Link
from elite8.core.domain.network import Wording
from elite8.core.domain.rule import Verdict, judge
from elite8.core.storage import events, links
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a code leads: `target` is "" for a link that is over, or leads where none may now."""

    code: str
    target: str
    origin: Origin


def way(studio: Studio, code: str) -> Way | None:
    """Return where a code leads, `None` for none; the rules are asked again each time."""
    if not CODE.fullmatch(code):
        return None
    with studio.looking.database.transaction() as session:
        link = links.of_code(session, code)
    if link is None:
        return None
    origin = origin_of(link)
    blocked = any(one.verdict == "block" for one in verdicts(studio, link.target, origin))
    if blocked:
        log.get().warning("link.blocked", code=code)
    over = link.retired_at is not None or blocked
    return Way(code=code, target="" if over else link.target, origin=origin)


def origin_of(link: Link) -> Origin:
    """Return where a link stands."""
    return Origin(
        stage=link.stage,
        region=link.region,
        network=link.network,
        character=link.character_id,
        post=link.post_id,
        video=link.video_id,
    )


def clicked(studio: Studio, found: Way) -> None:
    """Enter one click; nothing about who clicked is known here."""
    event = new_event(
        kind=EventKind.CLICK,
        at=studio.clock(),
        source=EventSource.LINK,
        key=token_hex(16),
        origin=found.origin,
        about=found.code,
    )
    with studio.database.transaction() as session:
        events.enter(session, [event])


def known_codes(session: Session, codes: list[str]) -> dict[str, Origin]:
    """Return by code where links stand."""
    return {code: origin_of(link) for code, link in links.of_codes(session, codes).items()}


def verdicts(
    studio: Studio, target: str, origin: Origin, regions: Sequence[str] = ()
) -> tuple[Verdict, ...]:
    """Return what the rules about listed sites say of a target, as of a post that names it."""
    rules = [rule for rule in studio.config.rules.filled if rule.check == "no_listed_site"]
    facts = Facts(
        network=origin.network,
        language="en",
        wording=Wording(title="", caption="", hashtags=()),
        sentence="",
        tag="",
        seconds=0,
        width=0,
        height=0,
        fps=0,
        size_bytes=0,
        rating="",
        age=None,
        ai_flag=False,
        marks_missing=(),
        minor_words=(),
        privacy="",
        links=(target,),
    )
    today, everywhere = studio.clock().date(), regions or (origin.region or UNKNOWN_REGION,)
    here = (replace(facts, region=region) for region in everywhere)
    return tuple(dict.fromkeys(said for one in here for said in judge(rules, one, today)))
