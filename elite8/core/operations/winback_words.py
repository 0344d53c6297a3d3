"""What a winback says, as people read it, and what the rules say of that."""

from datetime import date

from elite8.core.domain.campaign import By, Campaign
from elite8.core.domain.offer import told
from elite8.core.domain.rule import Verdict
from elite8.core.domain.text import printable
from elite8.core.domain.wording import fold
from elite8.core.errors import Withheld
from elite8.core.operations import audience, mailings
from elite8.core.operations.mailings import Wish
from elite8.core.studio import Studio

OF_PEOPLE = (
    *("consent_is_granted", "consent_is_confirmed", "consent_is_fresh", "nobody_suppressed"),
    *("of_age_for_adult", "hour_is_not_quiet", "contacts_within"),
)
"""Checks of who gets it: the gate and the postman ask them of each person."""
OF_CHANNELS = ("has_opt_out", "policy_allows", "says_sender", "says_postal_address")
"""Checks of what we send ourselves; a draft goes by the platform's own message."""


def put_together(studio: Studio, one: Campaign, start: date) -> str:
    """Return the operator's words with the whole offer under them."""
    offered = told(one, studio.config.winback.languages[one.language], start)  # type: ignore[index]  # checked
    return f"{printable(one.text).strip()}\n\n{offered}"


def draft(studio: Studio, one: Campaign) -> str:
    """Return what is copied by hand: the words, that it is advertising, that AI made her."""
    owed = studio.config.messages.languages[one.language]  # type: ignore[index]  # checked
    label = studio.config.disclosure.words(one.language).advertising  # type: ignore[arg-type]  # same
    return "\n".join(filter(None, (one.words, "", label, owed.ai, studio.config.messages.sender)))


def whole(studio: Studio, one: Campaign) -> str:
    """Return the exact text that people read."""
    if one.channel == By.DRAFT:
        return draft(studio, one)
    message = audience.mailing(one, "")
    said = mailings.letter(studio, message, link="(each one's own)")
    return "\n\n".join(filter(None, (one.subject, said.wording.caption)))


def check(studio: Studio, one: Campaign) -> None:
    """Refuse what is no message: a ConfigError says which part."""
    mailings.check(
        studio,
        Wish(
            channel=By.LINE if one.channel == By.DRAFT else one.channel,
            character=one.character,
            text=one.words,
            language=one.language,
            subject=one.subject,
        ),
    )
    check_names(studio, one)


def check_names(studio: Studio, one: Campaign) -> None:
    """Keep the names of sites that take adult matter off LINE, which bars such business."""
    if one.channel != By.LINE:
        return
    said = fold(f"{one.subject}\n{one.words}")
    for name, row in studio.config.policies.platforms.items():
        if row.adult == "allowed" and name in said:
            raise Withheld(
                f"LINE bars adult business, and '{name}' takes adult matter: leave its name out "
                f"[{studio.config.policies.platforms['line'].source}]"
            )


def verdicts(studio: Studio, one: Campaign) -> tuple[Verdict, ...]:
    """Return what the rules say of the words, whoever gets them."""
    by_hand = one.channel == By.DRAFT
    message = audience.mailing(one, "")
    if by_hand:
        message.channel = By.LINE
    said = mailings.letter(studio, message, link="https://example.org/u/1")
    apart = (*OF_PEOPLE, *(OF_CHANNELS if by_hand else ()))
    left_out = {rule.id for rule in studio.config.rules.filled if rule.check in apart}
    return tuple(each for each in mailings.on_content(studio, said) if each.rule not in left_out)
