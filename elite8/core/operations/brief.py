"""What the operator asks for, checked before a row or a file is written."""

import hashlib
import math
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from random import Random
from typing import Literal

from elite8.core.domain.character import LANGUAGES, Character, ContentType, Language
from elite8.core.domain.finishing import LONGEST, SHORTEST
from elite8.core.domain.script import Line, Script, compose, respelt, split_text
from elite8.core.domain.video import Video, new_video
from elite8.core.domain.wording import find
from elite8.core.errors import ConfigError, Refused, SignInNeeded
from elite8.core.operations import stages
from elite8.core.operations.configuration import own_picture
from elite8.core.studio import NO_A2E_KEY, Studio

Engine = Literal["local", "a2e"]
ENGINES = ("auto", "local", "a2e")
LONGEST_SCRIPT = 4000
"""Characters: three minutes of fast speech hold about 3,200."""
LONGEST_TOPIC = 80
MOST_AT_ONCE = 50
BYTES_PER_SECOND = 1_500_000
"""Room asked for before starting: the busiest video measured took a third of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What was asked, as it was asked; `locale` is whom it is for, en-GB, and goes first."""

    characters: tuple[str, ...] = ()
    everyone: bool = False
    topic: str = ""
    script: str | None = None
    language: str = ""
    locale: str = ""
    seconds: float | None = None
    engine: str = "auto"
    count: int = 1
    seed: int | None = None
    out: Path | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One video that can be started; `seconds` is `None` when the operator's words decide.

    `may_fall_back`: film it on this machine when credits are short. `asked_engine` may be auto.
    """

    character: str
    language: Language
    engine: Engine
    seed: int
    seconds: float | None
    topic: str
    content_type: ContentType
    own_words: bool
    script: Script
    folder: Path
    may_fall_back: bool = False
    locale: str = ""
    stage: str = ""
    asked_engine: str = "auto"

    @property
    def length(self) -> str:
        """The length in words."""
        return "as the words last" if self.seconds is None else f"{self.seconds:g}"

    def told(self) -> dict[str, object]:
        """Return what is told of the video where it goes out; its row may know an older library."""
        return {
            "title": self.script.title,
            "topic": self.topic,
            "content_type": self.content_type,
        }


def read_script(script: str | None, file: Path | None) -> str | None:
    """Return the operator's own words, from the option or the file, not both."""
    if file is None:
        return script
    if script is not None:
        raise ConfigError("give --script or --script-file, not both")
    try:
        with file.open(encoding="utf-8-sig") as opened:
            return opened.read(LONGEST_SCRIPT + 1)
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text") from None
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble.strerror}") from None


def plan(studio: Studio, brief: Brief) -> tuple[Planned, ...]:
    """Return the videos of the brief, everything about them checked; nothing is written."""
    check(brief)
    choose_engine(studio, brief.engine)
    if brief.stage:
        studio.config.funnel.named(brief.stage)
    characters = chosen(studio, brief)
    check_words(studio, "topic", brief.topic)
    folder = brief.out or studio.settings.state_dir / "videos"
    planned = tuple(
        plan_one(studio, brief, character, number)
        for character in characters
        for number in range(brief.count)
    )
    check_folder(folder, sum(one.seconds or LONGEST for one in planned))
    return planned


def check(brief: Brief) -> None:
    """Refuse numbers and texts that no video can have."""
    seconds = brief.seconds
    if seconds is not None and not (math.isfinite(seconds) and SHORTEST <= seconds <= LONGEST):
        raise ConfigError(f"--duration {seconds:g} is outside {SHORTEST:g} to {LONGEST:g} seconds")
    if not 1 <= brief.count <= MOST_AT_ONCE:
        raise ConfigError(f"--count {brief.count} is outside 1 to {MOST_AT_ONCE}")
    if brief.script is not None and not brief.script.strip():
        raise ConfigError("the script is empty; write at least one sentence")
    if brief.script is not None and len(brief.script) > LONGEST_SCRIPT:
        raise ConfigError(
            f"the script is longer than {LONGEST_SCRIPT:,} characters, "
            f"more than {LONGEST:g} s of speech; shorten it"
        )
    if brief.script is not None and brief.topic:
        raise ConfigError("--topic is for composed scripts; leave it out with your own words")
    if len(brief.topic) > LONGEST_TOPIC:
        raise ConfigError(f"--topic is longer than {LONGEST_TOPIC} characters; name it shorter")


def choose_engine(studio: Studio, asked: str) -> Engine:
    """Return the engine that will film; A2E without a key says how to get one."""
    if asked not in ENGINES:
        near = get_close_matches(asked, ENGINES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "choose auto, local or a2e"
        raise ConfigError(f"no engine is called '{asked[:40]}'; {hint}")
    if asked == "a2e":
        if studio.settings.a2e_api_key is None:
            raise SignInNeeded(NO_A2E_KEY)
        return "a2e"
    return "local" if asked == "local" or studio.settings.a2e_api_key is None else "a2e"


def chosen(studio: Studio, brief: Brief) -> tuple[Character, ...]:
    """Return the characters asked for, each once."""
    if brief.everyone == bool(brief.characters):
        raise ConfigError("say who: --character NAME (may be repeated) or --all")
    if brief.everyone:
        return studio.config.roster.characters
    return tuple(studio.config.roster.named(name) for name in dict.fromkeys(brief.characters))


def check_words(studio: Studio, where: str, text: str) -> None:
    """Refuse words that suggest a minor in what will be said."""
    if hits := find(text, studio.config.words):
        raise Refused(
            f"the {where} has the word '{hits[0].word}', which suggests a minor; "
            "performers are adults, take it out"
        )


def plan_one(studio: Studio, brief: Brief, character: Character, number: int) -> Planned:
    """Return one video of the brief; `number` counts the videos of the same character."""
    own_picture(character, studio.config)
    language = spoken_language(character, brief.locale or brief.language)
    seed = seed_of(studio, brief, character, number)
    kinds = stages.kinds(studio, brief.stage, character)
    content = Random(f"content:{character.id}:{seed}").choice(kinds)  # noqa: S311  # variety, not secrecy
    if brief.script is None:
        library = studio.config.script_library(language)
        script = compose(
            library,
            name=character.name,
            content_type=content,
            topic=brief.topic.strip() or None,
            rng=Random(f"script:{character.id}:{seed}"),  # noqa: S311  # variety, not secrecy
            also=character.content_types,
        )
        script = respelt(script, library.spelling.get(brief.locale, {}))
    else:
        script = own_script(brief.script, character, content, language)
    check_words(studio, "script", "\n".join(line.text for line in script.lines))
    composed_length = stages.seconds(studio, brief.stage, seed) if brief.script is None else None
    return Planned(
        character=character.id,
        language=language,
        engine=choose_engine(studio, brief.engine),
        seed=seed,
        seconds=brief.seconds if brief.seconds is not None else composed_length,
        topic=script.topic,
        content_type=content,
        own_words=brief.script is not None,
        script=script,
        folder=brief.out or studio.settings.state_dir / "videos",
        may_fall_back=brief.engine == "auto" and studio.config.tariff.local_when_spent,
        locale=brief.locale,
        stage=brief.stage,
        asked_engine=brief.engine,
    )


def row_of(studio: Studio, planned: Planned) -> Video:
    """Return the row of a video to be made, not kept yet."""
    video = new_video(
        now=studio.clock(),
        character_id=planned.character,
        engine=planned.engine,
        language=planned.language,
        content_type=planned.content_type,
        topic=planned.topic,
        title=planned.script.title,
        script="",
        seed=planned.seed,
        asked_seconds=planned.seconds,
        stage=planned.stage,
    )
    video.locale = planned.locale
    video.asked_engine = planned.asked_engine
    return video


def spoken_language(character: Character, asked: str) -> Language:
    """Return the language of the video: the one asked for, else the character's first."""
    if not asked:
        return character.languages[0]
    code = asked.casefold().split("-")[0]
    if code not in LANGUAGES:
        raise ConfigError(f"no language '{asked[:20]}'; choose one of {', '.join(LANGUAGES)}")
    if code not in character.languages:
        raise ConfigError(
            f"{character.name} speaks {', '.join(character.languages)}, not {code}; "
            "add it to their 'languages' and 'voices'"
        )
    return code


def seed_of(studio: Studio, brief: Brief, character: Character, number: int) -> int:
    """Return the number that everything random in one video comes from."""
    if brief.seed is not None:
        return (brief.seed + number) % 2**31
    fresh = f"{character.id}:{studio.clock().isoformat()}:{number}"
    return int.from_bytes(hashlib.sha256(fresh.encode()).digest()[:4]) % 2**31


def own_script(text: str, character: Character, content: ContentType, language: Language) -> Script:
    """Return the operator's own words as a script."""
    lines = split_text(text, language) or (Line(text=text.strip()),)
    title = lines[0].text[:80]
    return Script(
        title=f"{character.name}: {title}",
        lines=lines,
        topic=title,
        content_type=content,
        language=language,
    )


def check_folder(folder: Path, seconds: float) -> None:
    """Refuse a folder that cannot be written or has no room for `seconds` of video."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise ConfigError(f"{existing} is not a folder; name another with --out")
    if not writable(existing):
        raise ConfigError(f"{existing} cannot be written by this user; name another with --out")
    needed = seconds * BYTES_PER_SECOND
    if (free := shutil.disk_usage(existing).free) < needed:
        raise ConfigError(
            f"{existing} has {free / 1e6:.0f} MB free and this may take {needed / 1e6:.0f} MB; "
            "make room or name another folder with --out"
        )


def writable(folder: Path) -> bool:
    """Return whether a file can be made there; permissions alone miss read-only mounts."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
