"""What a stage of the funnel makes of a video: what it is about, how long, and what it promotes."""

from collections.abc import Mapping, Sequence
from random import Random

from elite8.core.domain.character import Character, ContentType
from elite8.core.domain.funnel import Part, Stage, drawn, mix
from elite8.core.domain.post import Promotes
from elite8.core.domain.video import Video
from elite8.core.studio import Studio


def kinds(studio: Studio, stage: str, character: Character) -> tuple[ContentType, ...]:
    """Return what a video may be about: the performer's own kinds, as the stage wants them."""
    if not stage:
        return character.content_types
    return studio.config.funnel.named(stage).topics_of(character.content_types)


def seconds(studio: Studio, stage: str, seed: int) -> float:
    """Return how long a composed video is to be: as the stage wants it, else as config says."""
    if not stage:
        return studio.config.finishing.duration_seconds
    meant = studio.config.funnel.named(stage)
    rng = Random(f"length:{stage}:{seed}")  # noqa: S311  # variety, not secrecy
    return float(meant.length(longest(studio, meant), rng))


def longest(studio: Studio, stage: Stage) -> tuple[int, ...]:
    """Return the longest video of each network of a stage that has such a limit."""
    limits: Mapping[str, int] = {
        str(name): rules.longest_seconds for name, rules in studio.config.social.networks.items()
    }
    return tuple(limits[name] for name in stage.networks if name in limits)


def networks(studio: Studio, stage: str) -> tuple[str, ...]:
    """Return where a stage's posts go, none for no stage."""
    return studio.config.funnel.named(stage).networks if stage else ()


def promotes(studio: Studio, video: Video) -> Promotes:
    """Return what a new post of a video promotes: own offers, where its stage leads to them.

    Promoting one's own paid page is advertising (compliance.md section 3).
    """
    if not video.stage:
        return ""
    return "own" if studio.config.funnel.named(video.stage).sells else ""


def of_place(studio: Studio, parts: Sequence[Part], key: str, networks: Sequence[str]) -> str:
    """Return the stage of a place of the plan, "" for none: by lot, the same for the same gaps."""
    if not parts:
        return ""
    rng = Random(f"stage:{key}")  # noqa: S311  # the same place, the same lot
    return drawn(studio.config.funnel, parts, networks, rng) or ""


def usual_seconds(studio: Studio) -> float:
    """Return how long a planned video is on average, as far as the plan goes by stages."""
    funnel = studio.config.funnel
    if not funnel.plan.on:
        return studio.config.finishing.duration_seconds
    return sum(part.share * sum(funnel.named(part.stage).seconds) / 2 for part in mix(funnel, {}))
