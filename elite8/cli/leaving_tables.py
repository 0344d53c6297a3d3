"""Who is about to leave, and the models of it, in a terminal."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.core.domain.money import told
from elite8.core.domain.share import FEWEST, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elite8.core.domain.skill import Skill
    from elite8.core.operations.at_risk import AtRisk, Leaving
    from elite8.core.operations.buyers import Fit, Spent
    from elite8.core.operations.churn_report import Report, Selling
    from elite8.core.operations.lasting import Cohort
    from elite8.core.operations.renewals import Learnt

DIGITS = 12
"""Of a pseudonym that are shown; the whole one is in --json."""
FEW = f"<{FEWEST}"
JUDGES = {
    "hazard": "what past renewals teach",
    "rules": "signs joined",
    "BG/NBD": "who still buys or takes part",
    "MBG/NBD": "who still buys or takes part",
}
"""What each of those who judge goes by; `elite8 subscribers churn` tells how good they are."""


def at_risk(found: "Leaving", zone: str) -> object:
    """Return who may leave, the worst first, and what amounts rest on."""
    bands = ", ".join(f"{count} {name}" for name, count in found.bands)
    head = f"At {output.local_time(found.as_of, zone)}: {bands}\n{fitted(found, zone)}"
    if not found.people:
        return head, "nobody there is at risk, as far as is known"
    bases = list(dict.fromkeys(stake.told for one in found.people for stake in one.stakes))
    judges = [
        f"{name}, {JUDGES[name]}" for name in dict.fromkeys(o.model for o in found.people) if name
    ]
    number = {basis: place for place, basis in enumerate(bases, 1)}
    rows = [person(one, number) for one in found.people]
    names = ("subscriber", "risk", "at stake", "what is known")
    less = len(found.people)
    more = f"{less} of {found.shown_of}; --limit shows more" if less < found.shown_of else ""
    together = ", ".join(told(amount, currency) for currency, amount in found.at_stake)
    return (
        head,
        output.table(names, rows),
        f"At stake with all {found.shown_of} of these: {together}" if together else "",
        *(f"[{place}] {basis}" for basis, place in number.items()),
        "Risk is of leaving at the next renewal, or of having left; bands from 0.30, 0.60, 0.80.",
        f"What judges: {', '.join(judges)}." if judges else "",
        more,
    )


def fitted(found: "Leaving", zone: str) -> str:
    """Return when the models were fitted, and whether there is anything newer."""
    newer = "; more was entered since, --refit fits them to it" if found.newer else ""
    return f"Models fitted on {output.local_time(found.fitted_at, zone)}{newer}"


def person(one: "AtRisk", number: dict[str, int]) -> tuple[str, ...]:
    """Return one as a row; `number` says where the basis of an amount is written."""
    stakes = "\n".join(
        f"{told(stake.amount, stake.currency)} [{number[stake.told]}]" for stake in one.stakes
    )
    risk = one.band if one.risk is None else f"{one.band} {one.risk:.2f}"
    return (
        one.key[:DIGITS],
        f"{risk}\nby {one.model}" if one.model else risk,
        stakes or "unknown",
        "\n".join((where(one), *one.reasons)),
    )


def where(one: "AtRisk") -> str:
    """Return what somebody subscribes to, or that they buy, and until when it is paid."""
    what = " ".join(filter(None, (one.platform, one.character, one.tier or one.kind)))
    pending = ", pending" if one.standing == "pending" else ""
    return f"{what}, paid until {one.until}{pending}" if one.until else what


def churn(found: "Report", zone: str) -> object:
    """Return everything about leaving, one part below the other."""
    parts: list[object] = [f"Leaving, as known at {output.local_time(found.as_of, zone)}"]
    if found.lacking:
        parts.append(found.lacking)
    if found.stands:
        names = ("monthly", *(name for name, _ in found.stands[0].counts))
        rows = [
            (one.platform, *(count(people) for _, people in one.counts)) for one in found.stands
        ]
        parts.append(output.table(names, rows))
    else:
        parts.append(found.none)
    parts += [*cohorts(found.cohorts), *learnt(found.learnt), *selling(found.selling)]
    return tuple(parts)


def cohorts(some: "Sequence[Cohort]") -> "Iterator[object]":
    """Yield who renews, by cohort: as seen and by the model, why they left, what was refused."""
    if not some:
        return
    at = sorted({left.renewals for one in some for left in one.curve})
    renewed = [(named(one), count(one.people), parameters(one), *shares(one, at)) for one in some]
    left = [
        (named(one), count(one.left), count(one.own), count(one.payment), count(one.unknown))
        for one in some
        if one.people is not None
    ]
    yield "Who renews (sBG): seen (Kaplan-Meier) and by the model, after so many renewals"
    yield output.table(("cohort", "people", "alpha, beta", *map(str, at)), renewed)
    yield output.table(("cohort", "left", "own will", "payment failed", "nobody said"), left)
    yield from (f"no model of {named(one)}: {one.why}" for one in some if one.why)


def named(one: "Cohort") -> str:
    """Return what a cohort is called."""
    months = f" {one.months} months" if one.months > 1 else ""
    return f"{one.platform} {one.tier or 'all'}{months}"


def count(people: int | None) -> str:
    """Return a number of people, those under ten as that."""
    return FEW if people is None else str(people)


def parameters(one: "Cohort") -> str:
    """Return the parameters of a cohort's model."""
    if one.alpha is None or one.beta is None:
        return ""
    return f"{one.alpha:.3f}, {one.beta:.3f}"


def shares(one: "Cohort", at: "Sequence[int]") -> list[str]:
    """Return who is left after so many renewals, blank beyond what anyone was watched for."""
    known = {left.renewals: left for left in one.curve}
    return [both(known[made].seen, known[made].model) if made in known else "" for made in at]


def both(seen: float | None, model: float | None) -> str:
    """Return a share as seen and by the model."""
    if seen is None:
        return ""
    return f"{seen:.1%}" if model is None else f"{seen:.1%} {model:.1%}"


def learnt(found: "Learnt") -> "Iterator[object]":
    """Yield what renewals teach, and whether it is used."""
    share = Share(found.left, found.renewals).told
    yield f"What makes people leave (logistic hazard): {share} of the renewals judged failed"
    if found.for_payment >= FEWEST:
        yield f"{found.for_payment} more ended because a payment failed: another cause, left out"
    if found.skill and found.rules:
        yield output.table(
            ("on later renewals", "Brier", "AUC", "lift of first tenth", "slope", "intercept"),
            [skill("model", found.skill), skill("rules", found.rules)],
        )
        yield (
            f"learnt from the {found.learnt_from} earlier ones, tried on {found.skill.people} "
            "later; slope 1 and intercept 0 are honest chances"
        )
    if found.drivers:
        rows = [
            (one.name.replace("_", " "), f"{one.weight:+.3f}", f"{one.low:+.3f} to {one.high:+.3f}")
            for one in found.drivers
        ]
        yield output.table(("feature", "adds to the logit", "95 % (Wald)"), rows)
    if found.left_out:
        yield f"left out, since it never varies: {', '.join(found.left_out)}"
    yield "used: it beats the rules in all three" if found.used else f"not used: {found.why}"


def skill(name: str, found: "Skill") -> tuple[str, ...]:
    """Return how good chances were as a row."""
    numbers = (found.brier, found.auc, found.lift, found.slope, found.intercept)
    return (name, *("" if number is None else f"{number:.3f}" for number in numbers))


def selling(some: "Sequence[Selling]") -> "Iterator[object]":
    """Yield who buys without a subscription: models, what they foretold, money."""
    if not some:
        return
    yield "Who still buys, or takes part (the likelier model is used)"
    rows = []
    for one in some:
        head = (one.platform, count(one.people), count(one.again))
        rows += [(*head, *fit(each)) for each in one.fits] or [(*head, "none", "", "")]
    names = ("platform", "people", "came again", "model", "r, alpha, a, b", "log L")
    yield output.table(names, rows)
    for one in some:
        what = "days of taking part" if one.platform == "line" else "purchases"
        yield from (f"{one.platform}, {each.name}: {tried(each, what)}" for each in one.fits)
        if not one.fits:
            yield f"no model of who buys on {one.platform}: {one.why}"
        for spent in one.money:
            yield money(one.platform, spent)


def fit(one: "Fit") -> tuple[str, str, str]:
    """Return a model as cells."""
    model = one.model
    numbers = ", ".join(f"{value:.3f}" for value in (model.r, model.alpha, model.a, model.b))
    return one.name, numbers, f"{model.log_likelihood:.1f}"


def tried(one: "Fit", what: str) -> str:
    """Return how well a model would have told what came, fitted a third of the time earlier."""
    if one.foretold is None:
        return "watched for too short a time to try what it foretells"
    return (
        f"fitted {one.weeks} weeks earlier it foretold {one.foretold:.0f} {what} since, "
        f"{one.came} came"
    )


def money(platform: str, spent: "Spent") -> str:
    """Return what is known of spending in one currency."""
    if spent.model is None:
        return f"{platform}, {spent.currency}: own means; {spent.why}"
    said = f"p {spent.model.p:.2f}, q {spent.model.q:.2f}, v {spent.model.v:.2f} minor units"
    link = f"; r of how often and how much {spent.link.r:.2f}" if spent.link else ""
    warned = f"; {spent.why}" if spent.why else ""
    return f"{platform}, {spent.currency}: Gamma-Gamma {said}{link}{warned}"
