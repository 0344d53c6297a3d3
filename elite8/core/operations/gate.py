"""Judge a post before it goes out, by the dated rules; what blocks cannot be overridden."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from elite8.core.domain.check import UNKNOWN_REGION, Facts
from elite8.core.domain.destination import label
from elite8.core.domain.network import Price, Wording
from elite8.core.domain.post import Post
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.rule import Verdict, judge, limits_of
from elite8.core.domain.video import Video
from elite8.core.domain.wording import find
from elite8.core.errors import Withheld
from elite8.core.operations import accounts, audit, compose, networks
from elite8.core.studio import Studio

BLOCKED = "it does not go out"
"""How what a rule keeps back is told."""
RATINGS = {"general": "sfw"}
"""A performer's rating as the rules call it; any other counts as none."""


def verdicts(
    studio: Studio, video: Video, ready: Rendition, to: str, *, regions: Collection[str] = ()
) -> tuple[Verdict, ...]:
    """Return what each rule says of this post; its file is read, its marks are looked for.

    `regions` are the audience's, none when unknown; what is the same in all is said once.
    """
    found = facts(studio, video, ready, to)
    everywhere = [replace(found, region=one.upper()) for one in regions or (UNKNOWN_REGION,)]
    today = studio.clock().date()
    network = studio.config.social.rules_of(to)
    limits = limits_of(to, network, today)
    rules = (*studio.config.rules.filled, *limits)
    said = [verdict for here in everywhere for verdict in judge(rules, here, today)]
    return tuple(dict.fromkeys((*said, *charged(to, network.price, ready.wording))))


def charged(to: str, price: Price | None, words: Wording) -> Iterator[Verdict]:
    """Yield what the network charges for these words, if it does."""
    if price is None:
        return
    costs, linked = price.of(words)
    why = f"; an address in the words makes it more than ${price.post_usd:.3f}" if linked else ""
    yield Verdict(
        rule=f"{to}-price",
        verdict="warn" if linked else "note",
        reason=f"{label(to)} charges ${costs:.3f} for this post{why}",
        source=price.source,
        as_of=price.as_of,
    )


def of_post(studio: Studio, post: Post, video: Video, ready: Rendition) -> tuple[Verdict, ...]:
    """Return what each rule says of this post, for whom its account speaks to."""
    with studio.database.transaction() as session:
        regions = accounts.audience(session, post, ready.character)
    return verdicts(studio, video, ready, post.platform, regions=regions)


def facts(studio: Studio, video: Video, ready: Rendition, to: str) -> Facts:
    """Return what is known of the post; a file that is gone is Refused."""
    from elite8.core.operations import finish  # it loads what reads videos

    marked = finish.verified(studio, ready.video, ready.sha256)
    config, words = studio.config, ready.wording
    performer = config.roster.named(video.character_id)
    owed = config.disclosure.words(video.language)  # type: ignore[arg-type]  # from a Language
    said = "\n".join((words.title, words.caption, *words.hashtags))
    return Facts(
        network=to,
        language=video.language,
        wording=words,
        sentence=owed.caption_sentence,
        tag=owed.caption_tag,
        seconds=marked.media.duration,
        width=marked.media.width,
        height=marked.media.height,
        fps=marked.media.fps,
        size_bytes=marked.media.size_bytes,
        rating=RATINGS.get(performer.rating, ""),
        age=performer.declared_age,
        ai_flag=says_ai(studio, ready, to),
        marks_missing=marked.missing,
        minor_words=tuple(dict.fromkeys(hit.word for hit in find(said, config.words))),
        spoken=video.script,
        commercial=bool(ready.promotes),
        privacy=config.social.rules_of(to).privacy,
    )


def says_ai(studio: Studio, ready: Rendition, to: str) -> bool:
    """Return whether what would be sent carries the network's AI flag: the very bytes are asked."""
    if to == "outbox":
        return ready.facts.get("ai_generated") is True
    rules = studio.config.social.rules_of(to)
    return bool(networks.SITES[to].network.says_ai(ready, rules))


def refuse(verdicts: Iterable[Verdict]) -> None:
    """Raise Refused naming every block with its reason and source; without one, do nothing."""
    blocks = [each for each in verdicts if each.verdict == "block"]
    if blocks:
        said = (f"{b.rule}: {b.reason} [{b.source}, {b.as_of}]" for b in blocks)
        raise Withheld(f"{BLOCKED}: {'; '.join(said)}")


def check_allowed(studio: Studio, post: Post, video: Video, ready: Rendition) -> None:
    """Keep back what a rule blocks or what nobody approved."""
    check_rules(studio, post, video, ready)
    check_approved(studio, post, ready)


def check_rules(studio: Studio, post: Post, video: Video, ready: Rendition) -> None:
    """Keep back what a rule blocks."""
    found = of_post(studio, post, video, ready)
    audit.keep_block(studio, post.id, found)
    refuse(found)


def is_approved(studio: Studio, post: Post, ready: Rendition, account: str | None = None) -> bool:
    """Return whether it may go out: nobody needs to be asked, or exactly this was approved.

    `account` is the one it goes out by; `None` for the one it would go out by as things are.
    """
    unasked = studio.config.publishing.goes_unasked(post.platform, ready.character)  # type: ignore[arg-type]  # a destination
    if unasked:
        return True
    if account is not None:
        return post.approved_sha256 == compose.fingerprint(studio, post, ready, account)
    return post.approved_sha256 == fingerprint(studio, post, ready)


def fingerprint(studio: Studio, post: Post, ready: Rendition) -> str:
    """Return what stands for all that would go out now, by the account it would go out by."""
    if post.platform == "outbox":
        return compose.fingerprint(studio, post, ready, "")
    with studio.database.transaction() as session:
        account = accounts.speaking(session, post, ready.character)
    return compose.fingerprint(studio, post, ready, account.id if account else "")


def check_approved(
    studio: Studio, post: Post, ready: Rendition, account: str | None = None
) -> None:
    """Refuse what a person has to look at first."""
    if not is_approved(studio, post, ready, account):
        changed = "; it was changed since it was approved" if post.approved_sha256 else ""
        raise Withheld(
            f"post {post.id} waits for approval{changed}: elite8 publish show {post.id}, then "
            f"elite8 publish approve {post.id}"
        )
