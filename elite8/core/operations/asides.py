"""What whoever orders a post should know beside where it is: words that were cut, nobody there."""

from collections.abc import Iterator, Sequence
from typing import Any

from elite8.core.domain.destination import label
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video
from elite8.core.operations import compose, publish
from elite8.core.operations.outlets import best, rivals
from elite8.core.operations.standing import command
from elite8.core.storage import accounts
from elite8.core.studio import Studio


def of_post(studio: Studio, video: Video, post: Post) -> Iterator[str]:
    """Yield a sentence for each of them, as long as the post waits.

    That nobody is there is said of what goes out later; now it is an error.
    """
    if post.status != PostStatus.WAITING:
        return
    yield from words_cut(studio, video, post)
    if post.due_at > studio.clock():
        yield from nobody_there(studio, video, post)


def of_drafts(
    studio: Studio, reference: str, places: Sequence[str], own: dict[str, Any], *, signed_in: bool
) -> Iterator[str]:
    """Yield the same of a video's posts as they would be with one's `own` words; none is kept.

    Who is `signed_in` is looked at unless that is known.
    """
    for place in places:
        publish.check_destination(studio, place)
    video = publish.finished(studio, reference)
    for place in places:
        post = publish.draft(studio, video, place, own["caption"], own["promotes"])
        yield from words_cut(studio, video, post)
        if not signed_in:
            yield from nobody_there(studio, video, post)


def words_cut(studio: Studio, video: Video, post: Post) -> Iterator[str]:
    """Yield that the operator's own words do not go out whole there."""
    if not post.caption:
        return
    wanted = compose.text_of(studio, video, post)
    written = compose.wording(studio, video, post.platform, post).caption
    if not written.startswith(wanted):
        sentence = studio.config.disclosure.words(video.language).caption_sentence  # type: ignore[arg-type]  # from a Language
        left = written.partition(sentence)[0].strip()
        yield (
            f"your words are cut from {len(wanted)} to {len(left)} characters on "
            f"{label(post.platform)}"
        )


def nobody_there(studio: Studio, video: Video, post: Post) -> Iterator[str]:
    """Yield that no account is signed in by which a post of this performer could go out."""
    if post.platform == "outbox" or post.asked_account:
        return
    with studio.database.transaction() as session:
        every = accounts.every(session, post.platform)
    character, region = video.character_id, post.region
    if best(every, character, region) or rivals(every, character, region):
        return
    nobody = f"no {label(post.platform)} account takes {character}'s posts"
    nobody = nobody if every else f"nobody is signed in to {label(post.platform)}"
    yield f"{nobody}: {command(post.platform, '')}"
