"""What has room beside what was planned before, so that a config that changed doubles nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video
from elite8.core.storage.calendar import Known
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from elite8.core.operations.wanted import Intent, Wanted


def beside(
    studio: Studio,
    wanted: "Sequence[Wanted]",
    known: Known,
    gone: Sequence[tuple[Video, Post]],
) -> "list[Wanted]":
    """Return what has room beside the posts that stay: a config that changed doubles nothing.

    What the operator dropped whole does not come back on another network.
    """
    rules, going_away = studio.config.calendar, {post.id for _, post in gone}
    posted: Counter[tuple[str, str]] = Counter()
    seats: dict[str, set[str]] = defaultdict(set)
    for key, (_, there) in known.items():
        day, slot = key.split("/")[:2]
        stay = [post for post in there if is_live(post) and post.id not in going_away]
        if "/by hand" in key:
            continue
        posted.update((day, post.platform) for post in stay)
        if stay:
            seats[f"{day}/{slot}"].add(key)
    found = []
    for one in wanted:
        day, here = f"{one.place.day}", f"{one.place.day}/{one.place.slot}"
        if post_at(known, one) is not None:
            found.append(one)
            continue
        _, before = known.get(one.place.key, (None, []))
        if before and not any(map(is_live, before)):
            continue
        full = len(seats[here] - {one.place.key}) >= rules.characters_per_slot
        # What is for a region was weighed against the caps already, by its instants.
        counts = one.network != "outbox" and not one.place.region
        capped = counts and posted[day, one.network] >= rules.per_network_a_day
        if not full and not capped:
            found.append(one)
            seats[here].add(one.place.key)
            posted[day, one.network] += 1
    return found


def is_live(post: Post) -> bool:
    """Return whether a post is out or may still go out."""
    return post.status != PostStatus.REFUSED


def post_at(known: Known, one: "Wanted") -> Post | None:
    """Return the post that is there for it."""
    _, there = known.get(one.place.key, (None, []))
    return next((post for post in there if post.platform == one.network), None)


def why_nothing(studio: Studio, meant: "Intent") -> list[str]:
    """Return why no post is wanted, when nothing else says so."""
    if meant.wanted or meant.notes:
        return []
    minutes = studio.config.calendar.buffer_minutes
    return [f"no slot of these days is still {minutes} minutes away (buffer_minutes)"]
