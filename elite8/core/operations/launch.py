"""The launch: its weeks, targets beside what was reached, and which region is ready for more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from elite8.core.domain.strategy import Expansion, Strategy
from elite8.core.operations import region_results
from elite8.core.operations.followers import Came
from elite8.core.operations.region_results import Measured
from elite8.core.operations.region_returns import AT_LEAST
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Some weeks of the launch; without a begin their days are not known."""

    regions: tuple[str, ...]
    first_week: int
    last_week: int
    focus: str
    first: date | None
    last: date | None
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A target beside what was reached; `None` is unknown, `n` are the posts it is told from."""

    region: str
    name: str
    target: float
    actual: float | None
    n: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing a region must reach before more is spent there; `met` is `None` when unknown."""

    name: str
    value: float | None
    over: float
    met: bool | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether a region is ready for more: only when every criterion is known and met."""

    region: str
    ready: bool
    criteria: tuple[Criterion, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """The launch as it stands; `week` is `None` while nobody decided when it begins."""

    begins: date | None
    week: int | None
    phases: tuple[Phase, ...]
    kpis: tuple[Kpi, ...]
    readiness: tuple[Readiness, ...]
    days: int


def launch(studio: Studio) -> Launched:
    """Return the launch by weeks, targets beside actuals, and who is ready."""
    strategy = studio.config.strategy
    today = studio.clock().astimezone(studio.settings.zone).date()
    found = region_results.measured(studio, strategy.expansion.days)
    return Launched(
        begins=strategy.begins,
        week=strategy.week(today),
        phases=tuple(phases(strategy, today)),
        kpis=tuple(kpi for code in strategy.targets for kpi in kpis(strategy, code, found[code])),
        readiness=tuple(readiness(strategy.expansion, c, found[c]) for c in strategy.targets),
        days=strategy.expansion.days,
    )


def phases(strategy: Strategy, today: date) -> Iterator[Phase]:
    """Yield the phases of the launch in their order."""
    for one in sorted(strategy.launch, key=lambda each: each.first_week):
        span = strategy.span(one)
        yield Phase(
            regions=one.regions,
            first_week=one.first_week,
            last_week=one.last_week,
            focus=one.focus,
            first=span[0] if span else None,
            last=span[1] if span else None,
            is_now=bool(span and span[0] <= today <= span[1]),
        )


def kpis(strategy: Strategy, code: str, found: Measured) -> Iterator[Kpi]:
    """Yield a region's targets, each beside what was reached."""
    kpi, weeks = strategy.kpi, strategy.expansion.days / 7
    known = {"region": code, "n": found.posts}
    why = "" if found.posts else "no post has a reading a day old"
    yield Kpi(
        name="engagement",
        target=kpi.engagement,
        actual=found.engagement,
        why=why,
        **known,  # type: ignore[arg-type]  # by name
    )
    yield Kpi(
        name="posts a week",
        target=kpi.posts_a_week,
        actual=found.published / weeks,
        why="",
        region=code,
        n=found.published,
    )
    for name, target, actual, why in (
        ("followers a month", kpi.followers_a_month, found.came.new, counted(found.came)),
        ("ROAS", kpi.roas, found.roas, found.roas_why),
    ):
        yield Kpi(region=code, name=name, target=target, actual=actual, n=0, why=why)


def readiness(rules: Expansion, code: str, found: Measured) -> Readiness:
    """Return whether a region is ready, with the sentence that says why."""
    criteria = tuple(criteria_of(rules, found))
    ready = all(one.met is True for one in criteria)
    said = ", ".join(one.said for one in criteria)
    verdict = "ready" if ready else "not ready"
    return Readiness(
        region=code, ready=ready, criteria=criteria, said=f"{code}: {said} → {verdict}"
    )


def criteria_of(rules: Expansion, found: Measured) -> Iterator[Criterion]:
    """Yield what a region must reach, each with what is known of it."""
    yield engagement_of(rules, found)
    yield roas_of(rules, found)
    yield followers_of(rules, found.came)


def followers_of(rules: Expansion, came: Came) -> Criterion:
    """Return the followers' criterion; where a network rounds, it may be too close to tell."""
    name, over = "new followers a month", float(rules.followers_a_month_over)
    if came.new is None:
        said, met = f"unknown ({came.why})" if came.why else "unknown", None
    else:
        met = True if came.new - came.give > over else None
        met = False if came.new + came.give <= over else met
        said = f"{sign(met)} {over:g}" if met is not None else f"too close to {over:g} to tell"
        said = " ".join(filter(None, (f"{came.new}{within(came)} {said}", span_of(came))))
    return Criterion(name=name, value=came.new, over=over, met=met, said=f"{name} {said}")


def counted(came: Came) -> str:
    """Return why new followers are unknown, or of which days they are."""
    return came.why or span_of(came)


def within(came: Came) -> str:
    """Return how far a count may be off, "" when it is exact."""
    return f" ± {came.give}" if came.give else ""


def span_of(came: Came) -> str:
    """Return the days of a month's new followers."""
    return f"of {came.first} to {came.last}" if came.first else ""


def roas_of(rules: Expansion, found: Measured) -> Criterion:
    """Return ROAS's criterion; one that leaves money out and is too low may be higher: unknown."""
    value, over = found.roas, rules.roas_over
    met = None if value is None else value > over
    if value is None:
        said = "ROAS unknown"
    elif found.roas_why.startswith(AT_LEAST) and not met:
        met, said = None, f"ROAS unknown (at least {value:.3g}, more than {over:g} is needed)"
    else:
        said = f"ROAS {value:.3g} {sign(met)} {over:g}"
    return Criterion(name="ROAS", value=value, over=over, met=met, said=said)


def engagement_of(rules: Expansion, found: Measured) -> Criterion:
    """Return the engagement's criterion; on too few posts it is unknown."""
    over, rate = rules.engagement_over, found.engagement
    enough = found.posts >= rules.least_posts
    met = rate > over if rate is not None and enough else None
    if rate is None:
        said = "engagement unknown (no post has a reading a day old)"
    else:
        span = f"{found.posts} posts of {found.first} to {found.last}"
        said = f"engagement {rate:.1%} {sign(met)} {over:.0%} on {span}"
        if not enough:
            said = f"engagement unknown ({rate:.1%} on {span}; {rules.least_posts} are needed)"
    return Criterion(name="engagement", value=rate, over=over, met=met, said=said)


def sign(met: bool | None) -> str:  # noqa: FBT001  # a verdict
    """Return the sign between a value and what it should be over."""
    return ">" if met else "≤"
