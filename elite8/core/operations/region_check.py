"""What holds for posts in a region: its rules, its facts with their age, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from elite8.core.domain.check import Facts
from elite8.core.domain.destination import ONLINE
from elite8.core.domain.holiday import problem
from elite8.core.domain.network import compose as worded
from elite8.core.domain.region import Region
from elite8.core.domain.rule import JUDGES, STALE_AFTER, Rule, is_stale
from elite8.core.operations import compose, regions
from elite8.core.operations.standing import command
from elite8.core.storage import accounts
from elite8.core.studio import Studio

Verdict = Literal["pass", "warn", "block", "note"]
OURS = "config/phase2/country_configs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was looked at; `age` are days since it was read, `None` for what is ours."""

    region: str
    what: str
    verdict: Verdict
    said: str
    source: str
    as_of: date | None
    age: int | None


def check(studio: Studio, codes: Sequence[str]) -> tuple[Checked, ...]:
    """Return everything that holds in these regions, all when none is said."""
    return tuple(
        line for code, one in regions.some(studio, codes).items() for line in of(studio, code, one)
    )


def of(studio: Studio, code: str, region: Region) -> Iterator[Checked]:
    """Yield what holds in one region: what is missing, its rules, then its facts."""
    yield from ours(studio, code, region)
    for rule in studio.config.rules.filled:
        if (rule.scope.regions or rule.scope.other_regions) and rule.scope.holds_in(code):
            yield of_rule(studio, code, region, rule)
    today = studio.clock().date()
    for key, fact in region.facts():
        old = today - fact.as_of > STALE_AFTER
        said = "re-check: this was read over 180 days ago" if old else "read"
        yield Checked(
            region=code,
            what=key,
            verdict="warn" if old else "pass",
            said=said,
            source=fact.source,
            as_of=fact.as_of,
            age=(today - fact.as_of).days,
        )


def ours(studio: Studio, code: str, region: Region) -> Iterator[Checked]:
    """Yield what we need for posts there, and whether it is there."""
    for what, verdict, said in needs(studio, code, region):
        yield Checked(
            region=code, what=what, verdict=verdict, said=said, source=OURS, as_of=None, age=None
        )


def needs(studio: Studio, code: str, region: Region) -> Iterator[tuple[str, Verdict, str]]:
    """Yield what a post there needs: a language, an account, holidays, a status."""
    if region.status == "later":
        yield "status", "note", "for later: nothing is scheduled without --allow-later"
    speak = [one.id for one in studio.config.roster.characters if region.language in one.languages]
    if speak:
        yield "language", "pass", f"{region.locale}: {', '.join(speak)} speak it"
    else:
        yield "language", "block", f"nobody speaks {region.locale}; no scripts are in it"
    with studio.database.transaction() as session:
        every = accounts.every(session)
    for one in region.networks:
        if one.name not in ONLINE:
            yield f"account {one.name}", "warn", "elite8 cannot post there yet"
            continue
        mine = [a for a in every if a.network == one.name and a.speaks_to(code)]
        names = ", ".join(a.name or a.handle for a in mine)
        missing = f"nobody is signed in: {command(one.name, '')} --region {code}"
        yield f"account {one.name}", "pass" if mine else "warn", names or missing
    wrong = problem(region.holidays)
    yield "holidays", "block" if wrong else "pass", wrong or "the holidays package knows them"
    if region.flags.adult_destinations == "forbidden":
        yield "adult destinations", "note", "forbidden; nothing there may lead to any"


def of_rule(studio: Studio, code: str, region: Region, rule: Rule) -> Checked:
    """Return what a rule of the region says; rules about advertising are tried on our label."""
    today = studio.clock().date()
    verdict: Verdict = "pass"
    said = rule.reason
    post = replace(sample(studio, region), region=code)
    if region.language and rule.scope.content == "commercial" and rule.scope.holds(post):
        found = JUDGES[rule.check](rule, post)
        verdict = rule.severity if found else "pass"
        said = f"wanted: {rule.reason}; found: {found}" if found else said
    if is_stale(rule, today):
        verdict = "warn" if verdict == "pass" else verdict
        said = f"re-check, read over 180 days ago: {said}"
    return Checked(
        region=code,
        what=f"rule {rule.id}",
        verdict=verdict,
        said=said,
        source=rule.source,
        as_of=rule.as_of,
        age=(today - rule.as_of).days,
    )


def sample(studio: Studio, region: Region) -> Facts:
    """Return the facts of an advertising post as we would word it there."""
    language = region.language or "en"
    owed = studio.config.disclosure.words(language)
    text = compose.advertised("…", region.disclosure.ad)
    tags = compose.of_region(owed.caption_tag, region, (), ())
    rules = studio.config.social.rules_of("instagram")
    words = worded(text, "…", owed.caption_sentence, tags, rules)
    return Facts(
        network="instagram",
        language=language,
        wording=words,
        sentence=owed.caption_sentence,
        tag=owed.caption_tag,
        seconds=15.0,
        width=1080,
        height=1920,
        fps=30.0,
        size_bytes=1,
        rating="sfw",
        age=20,
        ai_flag=True,
        marks_missing=(),
        minor_words=(),
        privacy="public",
        region="",
        commercial=True,
    )


def worst(found: Sequence[Checked]) -> str:
    """Return the worst verdict: block, warn, or pass."""
    verdicts = {one.verdict for one in found}
    return next((each for each in ("block", "warn") if each in verdicts), "pass")
